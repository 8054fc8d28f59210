using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>The gateways to other clusters: <c>/gatewayz</c>.</summary>
/// <param name="ServerId">Id of this server.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="Name">Name of this cluster; absent without gateways.</param>
/// <param name="Host">Address of the gateway listener; absent without gateways.</param>
/// <param name="Port">Port of the gateway listener; absent without gateways.</param>
/// <param name="OutboundGateways">Connections made to other clusters, by cluster.</param>
/// <param name="InboundGateways">Connections taken from other clusters, by cluster.</param>
internal sealed record Gatewayz(
    string ServerId,
    DateTime Now,
    string? Name,
    string? Host,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Port,
    IReadOnlyDictionary<string, GatewayzEntry> OutboundGateways,
    IReadOnlyDictionary<string, IReadOnlyList<GatewayzEntry>> InboundGateways);

/// <summary>One gateway connection in <c>/gatewayz</c>.</summary>
/// <param name="Configured">True where the other cluster stands in the configuration.</param>
/// <param name="Connection">The connection itself.</param>
internal sealed record GatewayzEntry(bool Configured, ConnzEntry? Connection);
