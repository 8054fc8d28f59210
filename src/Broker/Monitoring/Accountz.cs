using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>The accounts, or one of them: <c>/accountz</c>.</summary>
/// <param name="ServerId">Id of this server.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="SystemAccount">Name of the server's own account.</param>
/// <param name="Accounts">Names of all accounts; absent where one was asked for.</param>
/// <param name="AccountDetail">The account asked for.</param>
internal sealed record Accountz(
    string ServerId, DateTime Now, string SystemAccount, IReadOnlyList<string>? Accounts, AccountDetail? AccountDetail);

/// <summary>One account in <c>/accountz?acc=NAME</c>.</summary>
/// <param name="AccountName">Its name.</param>
/// <param name="UpdateTime">When its definition was last read.</param>
/// <param name="IsSystem">True for the server's own account; absent otherwise.</param>
/// <param name="Expired">True where its claims have expired.</param>
/// <param name="Complete">True where all its imports could be resolved.</param>
/// <param name="JetstreamEnabled">True where it may use JetStream.</param>
/// <param name="LeafnodeConnections">Its leaf node connections.</param>
/// <param name="ClientConnections">Its client connections.</param>
/// <param name="Subscriptions">Its subscriptions.</param>
/// <param name="Mappings">Subjects that are replaced in what its clients publish, each with what they become; absent without any.</param>
/// <param name="Exports">What others may import from it; absent without any.</param>
/// <param name="Imports">What it takes from others; absent without any.</param>
/// <param name="NameTag">Display name.</param>
/// <param name="SublistStats">Its subscriptions and the cache of matches.</param>
internal sealed record AccountDetail(
    string AccountName,
    DateTime UpdateTime,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsSystem,
    bool Expired,
    bool Complete,
    bool JetstreamEnabled,
    int LeafnodeConnections,
    int ClientConnections,
    long Subscriptions,
    IReadOnlyDictionary<string, IReadOnlyList<AccountMapping>>? Mappings,
    IReadOnlyList<AccountExport>? Exports,
    IReadOnlyList<AccountImport>? Imports,
    string? NameTag,
    SublistStats SublistStats);

/// <summary>The subscriptions of one account and the cache of matches.</summary>
/// <param name="NumSubscriptions">Subscriptions now.</param>
/// <param name="NumCache">Match results kept for subjects published to lately.</param>
/// <param name="NumInserts">Subscriptions made since the start.</param>
/// <param name="NumRemoves">Subscriptions removed since the start.</param>
/// <param name="NumMatches">Look-ups since the start.</param>
/// <param name="CacheHitRate">Part of those look-ups that the cache answered: 0 to 1.</param>
/// <param name="MaxFanout">Most receivers of one cached subject.</param>
/// <param name="AvgFanout">Receivers of a cached subject on average.</param>
internal sealed record SublistStats(
    long NumSubscriptions,
    long NumCache,
    long NumInserts,
    long NumRemoves,
    long NumMatches,
    double CacheHitRate,
    long MaxFanout,
    double AvgFanout);
