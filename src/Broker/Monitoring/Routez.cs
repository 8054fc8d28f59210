namespace NatsKestrel.Broker.Monitoring;

/// <summary>The connections to other servers of the cluster: <c>/routez</c>.</summary>
/// <param name="ServerId">Id of this server.</param>
/// <param name="ServerName">Name of this server.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="NumRoutes">Route connections.</param>
/// <param name="Routes">The route connections.</param>
internal sealed record Routez(string ServerId, string ServerName, DateTime Now, int NumRoutes, IReadOnlyList<RoutezEntry> Routes);

/// <summary>One route connection in <c>/routez</c>.</summary>
/// <param name="Rid">Its number, unique on this server since the start.</param>
/// <param name="RemoteId">Id of the other server.</param>
/// <param name="RemoteName">Name of the other server.</param>
/// <param name="DidSolicit">True where this server made the connection.</param>
/// <param name="IsConfigured">True where the other server stands in the configuration, false where it was learnt.</param>
/// <param name="Ip">Address of the other server.</param>
/// <param name="Port">Port of the other server.</param>
/// <param name="Start">When the route was made.</param>
/// <param name="LastActivity">When the server last heard of it.</param>
/// <param name="Rtt">Round trip time.</param>
/// <param name="Uptime">How long it is open.</param>
/// <param name="Idle">Time since its last activity.</param>
/// <param name="PendingSize">Bytes queued for it.</param>
/// <param name="InMsgs">Messages received over it.</param>
/// <param name="OutMsgs">Messages sent over it.</param>
/// <param name="InBytes">Bytes of the messages received.</param>
/// <param name="OutBytes">Bytes of the messages sent.</param>
/// <param name="Subscriptions">Subscriptions of the other server.</param>
/// <param name="SubscriptionsList">Subjects of those subscriptions; only with <c>subs</c>.</param>
/// <param name="SubscriptionsListDetail">Those subscriptions; only with <c>subs=detail</c>.</param>
/// <param name="Account">The one account it serves; absent where it serves several.</param>
/// <param name="Compression">Compression agreed on.</param>
internal sealed record RoutezEntry(
    ulong Rid,
    string RemoteId,
    string RemoteName,
    bool DidSolicit,
    bool IsConfigured,
    string Ip,
    int Port,
    DateTime Start,
    DateTime LastActivity,
    string? Rtt,
    string Uptime,
    string Idle,
    long PendingSize,
    long InMsgs,
    long OutMsgs,
    long InBytes,
    long OutBytes,
    int Subscriptions,
    IReadOnlyList<string>? SubscriptionsList,
    IReadOnlyList<SubscriptionDetail>? SubscriptionsListDetail,
    string? Account,
    string? Compression);
