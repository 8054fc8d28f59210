using System.Diagnostics.CodeAnalysis;
using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>All that monitoring reads of the running broker: copies, so that no lock is held while an answer is written.</summary>
/// <remarks>Members are virtual so that tests can put any state behind an answer.</remarks>
[SuppressMessage("Performance", "CA1852", Justification = "Tests derive from it.")]
internal class MonitoringSnapshots(ConnectionRegistry connections, AccountDirectory accounts)
{
    public virtual IReadOnlyList<ConnectionSnapshot> Open() => connections.SnapshotOpen();

    public virtual IReadOnlyList<ConnectionSnapshot> Closed() => connections.SnapshotClosed();

    public virtual ConnectionSnapshot? FindOpen(ulong id, bool withSubscriptions) => connections.FindOpen(id, withSubscriptions);

    public virtual void Ping(ulong id) => connections.Ping(id);

    public virtual ServerTotals Totals() => connections.Totals();

    public virtual ServerTotals Totals(string accountName) => connections.Totals(accountName);

    public virtual IReadOnlyList<string> AccountNames() => [.. accounts.All.Select(account => account.Name)];

    public bool HasAccount(string name) => AccountNames().Contains(name);

    /// <summary>Counters of one account's sublist; the account exists.</summary>
    public virtual SublistStatistics Statistics(string accountName) => Find(accountName).Sublist.Statistics;

    /// <summary>One account's subscriptions: all, or those that a message to <paramref name="subject"/> would reach.</summary>
    public virtual IReadOnlyList<SubscriptionSnapshot> Subscriptions(string accountName, string? subject)
    {
        var sublist = Find(accountName).Sublist;
        if (subject is null)
        {
            return [.. sublist.Entries().Select(subscription => SubscriptionSnapshot.Of(subscription, accountName))];
        }

        var matching = new List<Subscription>();
        sublist.CopyMatching(Encoding.UTF8.GetBytes(subject), matching);
        return matching.ConvertAll(subscription => SubscriptionSnapshot.Of(subscription, accountName));
    }

    private Account Find(string accountName) =>
        accounts.TryGet(accountName, out var account) ? account : throw new ArgumentException($"No account {accountName}.", nameof(accountName));
}
