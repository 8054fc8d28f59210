namespace NatsKestrel.Broker.Connections;

/// <summary>Makes the descriptions of this server, numbered from 1.</summary>
internal sealed class ServerDescriber(ServerIdentity identity, InfoSource info, TimeProvider time)
{
    private ulong _number;

    public ServerDescription Next() => new(
        identity.ServerName,
        info.Host,
        identity.ServerId,
        ServerIdentity.Version,
        ServerIdentity.FeatureFlags,
        Jetstream: false,
        Flags: 0,
        Interlocked.Increment(ref _number),
        time.GetUtcNow().UtcDateTime);
}
