using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>What there is to say of the parts that this server does not have: as nats-server says it where they are off.</summary>
internal sealed class AbsentReports(ServerIdentity identity, TimeProvider time)
{
    private static readonly Dictionary<string, GatewayzEntry> NoOutbound = [];
    private static readonly Dictionary<string, IReadOnlyList<GatewayzEntry>> NoInbound = [];

    public Routez Routes() => new(identity.ServerId, identity.ServerName, Now, 0, []);

    public Gatewayz Gateways() => new(identity.ServerId, Now, null, null, 0, NoOutbound, NoInbound);

    public Leafz LeafNodes() => new(identity.ServerId, Now, 0, []);

    public Jsz JetStream() => new(
        Memory: 0,
        Storage: 0,
        ReservedMemory: 0,
        ReservedStorage: 0,
        Accounts: 0,
        HaAssets: 0,
        Api: new JszApi(0, 0, 0),
        ServerId: identity.ServerId,
        Now: Now,
        Disabled: true,
        Config: new JszConfig(0, 0),
        Streams: 0,
        Consumers: 0,
        Messages: 0,
        Bytes: 0,
        Total: 0);

    private DateTime Now => time.GetUtcNow().UtcDateTime;
}
