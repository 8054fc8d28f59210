using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>The leaf node connections: <c>/leafz</c>.</summary>
/// <param name="ServerId">Id of this server.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="Leafnodes">Leaf node connections.</param>
/// <param name="Leafs">The leaf node connections.</param>
internal sealed record Leafz(string ServerId, DateTime Now, int Leafnodes, IReadOnlyList<LeafzEntry> Leafs);

/// <summary>One leaf node connection in <c>/leafz</c>.</summary>
/// <param name="Id">Its number, unique on this server since the start.</param>
/// <param name="Name">Name of the other server.</param>
/// <param name="IsSpoke">True where the other server is our hub.</param>
/// <param name="IsIsolated">True where interest is not passed on to other leaf nodes; absent otherwise.</param>
/// <param name="Account">The account it is bound to here.</param>
/// <param name="Ip">Address of the other server.</param>
/// <param name="Port">Port of the other server.</param>
/// <param name="Rtt">Round trip time.</param>
/// <param name="InMsgs">Messages received over it.</param>
/// <param name="OutMsgs">Messages sent over it.</param>
/// <param name="InBytes">Bytes of the messages received.</param>
/// <param name="OutBytes">Bytes of the messages sent.</param>
/// <param name="Subscriptions">Subscriptions of the other server.</param>
/// <param name="SubscriptionsList">Subjects of those subscriptions; only with <c>subs</c>.</param>
/// <param name="Compression">Compression agreed on.</param>
internal sealed record LeafzEntry(
    ulong Id,
    string Name,
    bool IsSpoke,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsIsolated,
    string Account,
    string Ip,
    int Port,
    string? Rtt,
    long InMsgs,
    long OutMsgs,
    long InBytes,
    long OutBytes,
    int Subscriptions,
    IReadOnlyList<string>? SubscriptionsList,
    string? Compression);
