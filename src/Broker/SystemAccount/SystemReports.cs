using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Reads what a request wants and has it built by what answers the same over HTTP.</summary>
/// <remarks>Options of parts that this server does not have are read for their errors alone.</remarks>
internal sealed class SystemReports(
    VarzReport varz,
    ConnzReport connz,
    SubszReport subsz,
    AccountReports accounts,
    HealthReport health,
    AbsentReports absent,
    MonitoringSnapshots snapshots,
    ServerDescriber describer,
    InfoSource info,
    NatsBrokerOptions options,
    TimeProvider time)
{
    /// <summary>Whether a request that may be for some servers alone is for this one. It is in no cluster and no domain, and has no tags.</summary>
    public bool IsMeant(RequestOptions request)
    {
        bool isExact = request.Boolean("exact_match");
        bool isNamed = Names(info.ServerName, request.Text("server_name"), isExact) & Names(info.Host, request.Text("host"), isExact)
            & request.Text("cluster").Length == 0 & request.Text("domain").Length == 0;
        return isNamed & request.Texts("tags").Count == 0;
    }

    public Statsz Statsz() => SystemAccount.Statsz.From(Varz(), snapshots.ActiveAccounts);

    public Varz Varz() => varz.Build(options.Monitoring.BasePath);

    public Connz? Connz(RequestOptions request, string? onlyAccount = null)
    {
        bool withUsers = request.Boolean("auth");
        bool withDetails = request.Boolean("subscriptions_detail");
        bool withSubjects = request.Boolean("subscriptions");
        Page page = ReadPage(request);
        ulong connectionId = request.Unsigned("cid");
        long state = request.Integer("state", "server.ConnState");
        string account = onlyAccount ?? request.Text("acc");
        var read = new ConnzRequest(
            ReadSort(request, isClosed: state == 1),
            withUsers,
            withDetails ? SubscriptionList.Details : withSubjects ? SubscriptionList.Subjects : SubscriptionList.None,
            connectionId > 0 ? page with { Limit = 1 } : page,
            connectionId,
            state switch { 0 => ConnectionState.Open, 1 => ConnectionState.Closed, 2 => ConnectionState.All, _ => ConnectionState.None },
            request.Text("user"),
            account,
            request.Text("mqtt_client"),
            ReadFilter(request, account));
        return IsFine(request) ? connz.Build(read) : null;
    }

    public Subsz? Subsz(RequestOptions request, string? onlyAccount = null)
    {
        Page page = ReadPage(request);
        bool withSubscriptions = request.Boolean("subscriptions") || onlyAccount is not null;
        string subject = request.Text("test");
        if (subject.Length > 0 && !SubszRequest.IsLiteral(subject))
        {
            request.Refuse($"invalid test subject, must be valid publish subject: {subject}");
        }

        string account = onlyAccount ?? request.Text("account");
        return IsFine(request) ? subsz.Build(new SubszRequest(withSubscriptions, page, account, subject)) : null;
    }

    public Routez Routez(RequestOptions request)
    {
        ReadBooleans(request, "subscriptions", "subscriptions_detail");
        return absent.Routes();
    }

    public Gatewayz Gatewayz(RequestOptions request)
    {
        request.Text("name");
        ReadBooleans(request, "accounts", "subscriptions", "subscriptions_detail");
        request.Text("account_name");
        return absent.Gateways();
    }

    public Leafz Leafz(RequestOptions request)
    {
        ReadBooleans(request, "subscriptions");
        request.Text("account");
        return absent.LeafNodes();
    }

    public Accountz? Accountz(RequestOptions request)
    {
        string name = request.Text("account");
        if (name.Length == 0)
        {
            return accounts.BuildNames();
        }

        return Exists(request, name) ? accounts.BuildDetail(name) : null;
    }

    /// <summary>One account.</summary>
    public AccountDetail? Account(RequestOptions request, string name) => Exists(request, name) ? accounts.Detail(name) : null;

    public Jsz? Jsz(RequestOptions request)
    {
        ReadJszOptions(request);
        return request.Boolean("leader_only") ? null : absent.JetStream(); // nobody leads here
    }

    /// <summary>The JetStream of one account: there is none, and for accounts that is an error.</summary>
    public static Jsz? AccountJsz(RequestOptions request)
    {
        ReadJszOptions(request);
        request.Refuse("jetstream not enabled");
        return null;
    }

    public Healthz Healthz(RequestOptions request)
    {
        ReadBooleans(request, "js-enabled", "js-enabled-only", "js-server-only", "js-meta-only");
        return health.Check(request.Text("account"), request.Text("stream"), request.Text("consumer"), request.Boolean("details")) is var (status, answer)
            ? answer with { StatusCode = status }
            : new Healthz("ok", 200);
    }

    public static Profilez Profilez(RequestOptions request)
    {
        string name = request.Text("name");
        return new Profilez(null, name.Length == 0 ? "Profile name not specified" : $"Profile {GoQuote.Text(Encoding.UTF8.GetBytes(name))} not found");
    }

    /// <summary>What one account has done; of <c>PING</c> those that are asked for, or all. Null where none of them has connections.</summary>
    public AccountStatz? AccountStatz(RequestOptions request, string account)
    {
        IReadOnlyList<string> wanted = request.Texts("accounts");
        bool withUnused = request.Boolean("include_unused");
        wanted = account != "PING" ? [account] : wanted.Count > 0 ? wanted : snapshots.AccountNames();
        AccountStatz found = accounts.BuildStatistics(withUnused, wanted);
        return found.Accounts.Count > 0 || withUnused ? found : null;
    }

    /// <summary>An account's connections as the event says them; null where it has none.</summary>
    public AccountConnectionsEvent? Connections(string account, bool orNone = false) =>
        accounts.BuildStatistics(withUnused: orNone, [account]).Accounts is [var entry] ? AccountConnectionsEvent.From(entry, describer.Next(), EventId.Next()) : null;

    /// <summary>Who a connection is; null where it has gone.</summary>
    public UserInfo? User(ulong connectionId) =>
        snapshots.FindOpen(connectionId, withSubscriptions: false) is { } connection ? UserInfo.From(connection, time.GetUtcNow()) : null;

    /// <summary>Subscriptions of clients that a pattern and a queue group cover; null for any group.</summary>
    public static int CountSubscribers(Account account, string pattern, string? queue) => account.Sublist.Entries().Count(entry =>
        entry.Subscriber.Id > 0
        && (queue is null || entry.Queue.SequenceEqual(Encoding.UTF8.GetBytes(queue)))
        && SubjectRules.Overlaps(Encoding.UTF8.GetBytes(pattern), entry.Subject));

    private static bool Names(string name, string wanted, bool isExact) =>
        wanted.Length == 0 || (isExact ? name == wanted : name.Contains(wanted, StringComparison.Ordinal));

    private static bool IsFine(RequestOptions request) => request is { Error: null, Refusal: null };

    private bool Exists(RequestOptions request, string account)
    {
        if (IsFine(request) && !snapshots.HasAccount(account))
        {
            request.Refuse($"Account {account} does not exist");
        }

        return IsFine(request);
    }

    private static Page ReadPage(RequestOptions request) => Page.Of(request.Integer("offset"), request.Integer("limit"));

    private static ConnectionSort ReadSort(RequestOptions request, bool isClosed)
    {
        ConnectionSort sort = ConnectionSort.Find(request.Text("sort", "server.SortOpt"), isClosed, out string? problem);
        if (problem is not null)
        {
            request.Refuse(problem);
        }

        return sort;
    }

    private static string ReadFilter(RequestOptions request, string account)
    {
        string filter = request.Text("filter_subject");
        if (filter.Length > 0 && account.Length == 0)
        {
            request.Refuse("filter by subject only valid with account filtering");
        }

        return filter;
    }

    private static void ReadJszOptions(RequestOptions request)
    {
        request.Text("account");
        ReadBooleans(request, "accounts", "streams", "consumer", "config", "leader_only", "raft", "stream_leader_only");
        ReadPage(request);
    }

    private static void ReadBooleans(RequestOptions request, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            request.Boolean(name);
        }
    }
}
