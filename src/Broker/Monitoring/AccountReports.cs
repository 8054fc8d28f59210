using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Builds the answers to <c>/accountz</c> and <c>/accstatz</c>.</summary>
internal sealed class AccountReports(ServerIdentity identity, MonitoringSnapshots snapshots, TimeProvider time)
{
    private static readonly MessageCount None = new();

    /// <summary>The names of all accounts.</summary>
    public Accountz BuildNames() =>
        new(identity.ServerId, Now, snapshots.SystemAccountName, snapshots.AccountNames(), AccountDetail: null);

    /// <summary>One account, which exists.</summary>
    public Accountz BuildDetail(string name) =>
        new(identity.ServerId, Now, snapshots.SystemAccountName, Accounts: null, Detail(name));

    /// <summary>The same without what surrounds it.</summary>
    public AccountDetail Detail(string name)
    {
        var statistics = snapshots.Statistics(name);
        return new AccountDetail(
            AccountName: name,
            UpdateTime: identity.Start.UtcDateTime,
            IsSystem: name == snapshots.SystemAccountName,
            Expired: false,
            Complete: true,
            JetstreamEnabled: false,
            LeafnodeConnections: 0,
            ClientConnections: snapshots.Totals(name).Connections,
            Subscriptions: statistics.Count,
            Mappings: AccountExchanges.Mappings(snapshots.AccountOptions(name)),
            Exports: AccountExchanges.Exports(snapshots.Exports(name)),
            Imports: AccountExchanges.Imports(snapshots.Imports(name)),
            NameTag: name,
            SublistStats: new SublistStats(
                statistics.Count,
                statistics.CacheCount,
                statistics.Inserts,
                statistics.Removes,
                statistics.Matches,
                statistics.CacheHitRate,
                statistics.MaxFanout,
                statistics.AverageFanout));
    }

    /// <summary>What the accounts have done: those with connections, or all.</summary>
    public AccountStatz BuildStatistics(bool withUnused) => BuildStatistics(withUnused, snapshots.AccountNames());

    /// <summary>The same of some accounts; those that do not exist are left out.</summary>
    public AccountStatz BuildStatistics(bool withUnused, IReadOnlyCollection<string> names)
    {
        var entries = names
            .Where(snapshots.HasAccount)
            .Select(name => (Name: name, Totals: snapshots.Totals(name)))
            .Where(account => withUnused || account.Totals.Connections > 0)
            .Select(account => Entry(account.Name, account.Totals))
            .ToList();
        return new AccountStatz(identity.ServerId, Now, entries);
    }

    private AccountStatzEntry Entry(string name, ServerTotals totals) => new(
        Acc: name,
        Name: name,
        Conns: totals.Connections,
        Leafnodes: 0,
        TotalConns: totals.Connections,
        NumSubscriptions: snapshots.Statistics(name).Count,
        Sent: new AccountTraffic(totals.OutMessages, totals.OutBytes, None, None, None),
        Received: new AccountTraffic(totals.InMessages, totals.InBytes, None, None, None),
        SlowConsumers: totals.SlowConsumers);

    private DateTime Now => time.GetUtcNow().UtcDateTime;
}
