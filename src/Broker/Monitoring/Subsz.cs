namespace NatsKestrel.Broker.Monitoring;

/// <summary>The subscriptions and the cache of matches: <c>/subsz</c>.</summary>
/// <param name="ServerId">Id of this server.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="NumSubscriptions">Subscriptions now.</param>
/// <param name="NumCache">Match results kept for subjects published to lately.</param>
/// <param name="NumInserts">Subscriptions made since the start.</param>
/// <param name="NumRemoves">Subscriptions removed since the start.</param>
/// <param name="NumMatches">Look-ups since the start.</param>
/// <param name="CacheHitRate">Part of those look-ups that the cache answered: 0 to 1.</param>
/// <param name="MaxFanout">Most receivers of one cached subject.</param>
/// <param name="AvgFanout">Receivers of a cached subject on average.</param>
/// <param name="Total">Subscriptions listed on all pages; 0 unless <c>subs</c> is set.</param>
/// <param name="Offset">Subscriptions before this page.</param>
/// <param name="Limit">Subscriptions a page has at most.</param>
/// <param name="SubscriptionsList">The subscriptions of this page; only with <c>subs</c>, and absent where there are none.</param>
internal sealed record Subsz(
    string ServerId,
    DateTime Now,
    long NumSubscriptions,
    long NumCache,
    long NumInserts,
    long NumRemoves,
    long NumMatches,
    double CacheHitRate,
    long MaxFanout,
    double AvgFanout,
    int Total,
    long Offset,
    long Limit,
    IReadOnlyList<SubscriptionDetail>? SubscriptionsList);
