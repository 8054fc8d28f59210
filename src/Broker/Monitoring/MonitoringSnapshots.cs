using System.Diagnostics.CodeAnalysis;
using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>All that monitoring reads of the running broker: copies, so that no lock is held while an answer is written.</summary>
/// <remarks>Members are virtual so that tests can put any state behind an answer.</remarks>
[SuppressMessage("Performance", "CA1852", Justification = "Tests derive from it.")]
internal class MonitoringSnapshots(ConnectionRegistry connections, AccountDirectory accounts)
{
    public virtual IReadOnlyList<ConnectionSnapshot> Open(string account) => connections.SnapshotOpen(account);

    public virtual IReadOnlyList<ConnectionSnapshot> Closed() => connections.SnapshotClosed();

    public virtual ConnectionSnapshot? FindOpen(ulong id, bool withSubscriptions) => connections.FindOpen(id, withSubscriptions);

    public virtual void Ping(ulong id) => connections.Ping(id);

    public virtual ServerTotals Totals() => connections.Totals();

    public virtual ServerTotals Totals(string accountName) => connections.Totals(accountName);

    public virtual IReadOnlyList<string> AccountNames() => [.. accounts.All.Select(account => account.Name)];

    public virtual string SystemAccountName => accounts.System.Name;

    /// <summary>How an account that exists is configured.</summary>
    public virtual AccountOptions AccountOptions(string name) => Find(name).Options;

    /// <summary>What an account that exists lets others import.</summary>
    public virtual IReadOnlyList<ExportOptions> Exports(string name) => Find(name).Exports;

    /// <summary>What an account that exists takes from others.</summary>
    public virtual IReadOnlyList<ImportOptions> Imports(string name) => Find(name).Imports;

    /// <summary>Accounts that have clients.</summary>
    public virtual int ActiveAccounts => accounts.All.Count(account => account.Clients > 0);

    /// <summary>The connections of an account that listen to any part of a subject with wildcards.</summary>
    public virtual IReadOnlySet<ulong> Listeners(string accountName, string pattern) =>
        Find(accountName).Sublist.Entries().Where(entry => SubjectRules.Overlaps(Encoding.UTF8.GetBytes(pattern), entry.Subject)).Select(entry => entry.Subscriber.Id).ToHashSet();

    public bool HasAccount(string name) => AccountNames().Contains(name);

    /// <summary>Counters of one account's sublist; the account exists.</summary>
    public virtual SublistStatistics Statistics(string accountName) => Find(accountName).Sublist.Statistics;

    /// <summary>One page of the subscriptions of some accounts, and how many there are on all pages.</summary>
    /// <remarks>Only the page is copied: there may be millions, and several may ask at once.</remarks>
    /// <param name="accountNames">The accounts, which exist.</param>
    /// <param name="subject">Only subscriptions that a message to it would reach; null for all.</param>
    /// <param name="page">Which part.</param>
    public virtual (int Total, List<SubscriptionSnapshot> Listed) Subscriptions(IReadOnlyList<string> accountNames, string? subject, Page page)
    {
        var listed = new List<SubscriptionSnapshot>();
        int total = 0;
        foreach (string name in accountNames)
        {
            foreach (Subscription subscription in Subscriptions(name, subject))
            {
                if (total++ >= page.Offset && listed.Count < page.Limit)
                {
                    listed.Add(SubscriptionSnapshot.Of(subscription, name));
                }
            }
        }

        return (total, listed);
    }

    private IEnumerable<Subscription> Subscriptions(string accountName, string? subject)
    {
        var sublist = Find(accountName).Sublist;
        if (subject is null)
        {
            return sublist.Entries();
        }

        var matching = new List<Subscription>();
        sublist.CopyMatching(Encoding.UTF8.GetBytes(subject), matching);
        return matching;
    }

    private Account Find(string accountName) =>
        accounts.TryGet(accountName, out var account) ? account : throw new ArgumentException($"No account {accountName}.", nameof(accountName));
}
