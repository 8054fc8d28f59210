using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>What was asked of <c>/subsz</c>.</summary>
/// <param name="WithSubscriptions">Adds the list.</param>
/// <param name="Page">Which part of the list.</param>
/// <param name="Account">Only this account's; empty for all.</param>
/// <param name="TestSubject">Only subscriptions a message to this subject would reach; empty for all.</param>
internal sealed record SubszRequest(bool WithSubscriptions, Page Page, string Account, string TestSubject)
{
    /// <summary>The parameters, for an API description.</summary>
    public static readonly MonitoringParameter[] Parameters =
    [
        new("subs", typeof(bool), "Adds the list of subscriptions; without it paging and test have no effect.", Default: false),
        .. Page.Parameters,
        new("acc", typeof(string), "Only subscriptions of this account."),
        new("test", typeof(string), "Only subscriptions that a message to this subject would reach; no wildcards."),
    ];

    /// <summary>Reads the parameters; what is wrong with them is in the query's error.</summary>
    public static SubszRequest Read(MonitoringQuery query)
    {
        bool withSubscriptions = query.Boolean("subs");
        var page = Page.Read(query);
        string subject = query.Text("test");
        if (subject.Length > 0 && !IsLiteral(subject))
        {
            query.Fail($"invalid test subject, must be valid publish subject: {subject}");
        }

        return new SubszRequest(withSubscriptions, page, query.Text("acc"), subject);
    }

    /// <summary>Whether a subject can be tested. The reference looks at empty tokens and wildcard tokens only: white space passes, and so does "a*".</summary>
    public static bool IsLiteral(string subject) => !subject.Split('.').Any(token => token is "" or "*" or ">");
}

/// <summary>Builds the answer to <c>/subsz</c>.</summary>
internal sealed class SubszReport(ServerIdentity identity, MonitoringSnapshots snapshots, TimeProvider time)
{
    public Subsz Build(SubszRequest request)
    {
        var accounts = snapshots.AccountNames().Where(name => request.Account.Length == 0 || name == request.Account).ToList();
        var statistics = accounts.Aggregate(default(SublistStatistics), (sum, account) => sum + snapshots.Statistics(account));
        var (total, listed) = request.WithSubscriptions ? List(accounts, request) : (0, []);
        return new Subsz(
            ServerId: identity.ServerId,
            Now: time.GetUtcNow().UtcDateTime,
            NumSubscriptions: statistics.Count,
            NumCache: statistics.CacheCount,
            NumInserts: statistics.Inserts,
            NumRemoves: statistics.Removes,
            NumMatches: statistics.Matches,
            CacheHitRate: statistics.CacheHitRate,
            MaxFanout: statistics.MaxFanout,
            AvgFanout: statistics.AverageFanout,
            Total: total,
            Offset: request.Page.Offset,
            Limit: request.Page.Limit,
            SubscriptionsList: listed.Count > 0 ? listed.ConvertAll(Detail) : null);
    }

    private (int Total, List<SubscriptionSnapshot> Listed) List(List<string> accounts, SubszRequest request) =>
        snapshots.Subscriptions(accounts, request.TestSubject.Length == 0 ? null : request.TestSubject, request.Page);

    private static SubscriptionDetail Detail(SubscriptionSnapshot subscription) => new(
        Account: subscription.AccountName,
        AccountTag: subscription.AccountName,
        Subject: subscription.Subject,
        Qgroup: subscription.Queue.Length == 0 ? null : subscription.Queue,
        Sid: subscription.Sid,
        Msgs: subscription.Delivered,
        Max: subscription.Max,
        Cid: subscription.ConnectionId);
}
