using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>One page of connections: <c>/connz</c>.</summary>
/// <param name="ServerId">Id of this server; empty where the account asked for does not exist.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="NumConnections">Connections on this page.</param>
/// <param name="Total">Connections in that state and account, on all pages.</param>
/// <param name="Offset">Connections before this page.</param>
/// <param name="Limit">Connections a page has at most.</param>
/// <param name="Connections">The connections of this page; null where the account asked for does not exist.</param>
internal sealed record Connz(
    string ServerId,
    DateTime Now,
    int NumConnections,
    int Total,
    long Offset,
    long Limit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<ConnzEntry>? Connections);
