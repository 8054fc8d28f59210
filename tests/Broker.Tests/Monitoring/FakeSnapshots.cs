using System.Net;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Tests.Monitoring;

/// <summary>Any state of a broker, for monitoring to show.</summary>
internal sealed class FakeSnapshots() : MonitoringSnapshots(
    new ConnectionRegistry(new LiveSettings(ConnectionSettings.From(new NatsBrokerOptions(), 1, 1))), new AccountDirectory(new NatsBrokerOptions()))
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 7, 45, 15, 448, TimeSpan.Zero);

    public List<ConnectionSnapshot> OpenConnections { get; } = [];

    public List<ConnectionSnapshot> ClosedConnections { get; } = [];

    public Dictionary<ulong, SubscriptionSnapshot[]> Held { get; } = [];

    public Dictionary<string, SublistStatistics> Sublists { get; } = new() { ["$G"] = default, ["$SYS"] = default };

    public List<ulong> Pinged { get; } = [];

    public List<ulong> Fetched { get; } = [];

    public ServerTotals Sums { get; set; }

    /// <summary>Runs whenever connections are copied.</summary>
    public Action OnOpen { get; set; } = () => { };

    public override IReadOnlyList<ConnectionSnapshot> Open(string account)
    {
        OnOpen();
        return OpenConnections;
    }

    public override IReadOnlyList<ConnectionSnapshot> Closed() => ClosedConnections;

    public override ConnectionSnapshot? FindOpen(ulong id, bool withSubscriptions)
    {
        Fetched.Add(id);
        return OpenConnections.Find(connection => connection.Id == id) is { } found ? found with { Subscriptions = Held[id] } : null;
    }

    public override void Ping(ulong id) => Pinged.Add(id);

    public override ServerTotals Totals() => Sums;

    public override ServerTotals Totals(string accountName) => accountName == "$G" ? Sums : default;

    public override IReadOnlyList<string> AccountNames() => [.. Sublists.Keys];

    public override SublistStatistics Statistics(string accountName) => Sublists[accountName];

    public override (int Total, List<SubscriptionSnapshot> Listed) Subscriptions(IReadOnlyList<string> accountNames, string? subject, Page page)
    {
        List<SubscriptionSnapshot> all =
            [.. Held.Values.SelectMany(held => held).Where(held => accountNames.Contains(held.AccountName) && (subject is null || held.Subject == subject))];
        return (all.Count, page.Of(all));
    }

    public static ConnectionSnapshot Connection(ulong id) => new()
    {
        Id = id,
        Type = "nats",
        Remote = new IPEndPoint(IPAddress.Loopback, 50_000 + (int)id),
        Start = Now.AddSeconds(-100),
        LastActivity = Now.AddSeconds(-10),
        RoundTrip = TimeSpan.FromMicroseconds(512),
        PendingBytes = 0,
        InMessages = 0,
        InBytes = 0,
        OutMessages = 0,
        OutBytes = 0,
        Stalls = 0,
        SubscriptionCount = 0,
        Name = "",
        Lang = "",
        Version = "",
        AccountName = "$G",
    };

    public ConnectionSnapshot AddOpen(ulong id, Func<ConnectionSnapshot, ConnectionSnapshot>? change = null)
    {
        var connection = change?.Invoke(Connection(id)) ?? Connection(id);
        OpenConnections.Add(connection);
        Held[id] = [.. connection.Subscriptions];
        return connection;
    }

    public void AddClosed(ulong id, Func<ConnectionSnapshot, ConnectionSnapshot>? change = null)
    {
        var connection = Connection(id) with { Stop = Now.AddSeconds(-5), Reason = CloseReason.ClientClosed };
        ClosedConnections.Add(change?.Invoke(connection) ?? connection);
    }

    public static SubscriptionSnapshot Subscription(ulong id, string subject, string queue = "", long delivered = 0, long max = 0, string account = "$G") =>
        new(id, account, subject, queue, Sid: "1", delivered, max);
}
