using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>An order of connections in <c>/connz</c>.</summary>
/// <param name="Name">Its name in the query.</param>
/// <param name="NeedsClosed">True where it makes sense for closed connections only.</param>
/// <param name="Compare">Which of two connections comes first, at the time given.</param>
internal sealed record ConnectionSort(
    string Name, bool NeedsClosed, Func<ConnectionSnapshot, ConnectionSnapshot, DateTimeOffset, int> Compare)
{
    private static readonly ConnectionSort[] All =
    [
        new("cid", false, (_, _, _) => 0),
        new("start", false, (_, _, _) => 0),
        Descending("subs", connection => connection.SubscriptionCount),
        Descending("pending", connection => connection.PendingBytes),
        Descending("msgs_to", connection => connection.OutMessages),
        Descending("msgs_from", connection => connection.InMessages),
        Descending("bytes_to", connection => connection.OutBytes),
        Descending("bytes_from", connection => connection.InBytes),
        Descending("last", connection => connection.LastActivity.UtcTicks),
        new("idle", false, (x, y, now) => Idle(y, now).CompareTo(Idle(x, now))),
        new("uptime", false, (x, y, now) => Uptime(x, now).CompareTo(Uptime(y, now))),
        new("stop", true, (x, y, _) => Nullable.Compare(y.Stop, x.Stop)),
        new("reason", true, (x, y, _) => string.CompareOrdinal(x.Reason.Text(), y.Reason.Text())),
        Descending("rtt", connection => connection.RoundTrip.Ticks),
    ];

    public static readonly string[] Names = [.. All.Select(sort => sort.Name)];

    /// <summary>By number: the order in which the connections came.</summary>
    public static readonly ConnectionSort Default = All[0];

    /// <summary>Finds the order of that name; an empty name is the default.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isClosed">True where only closed connections are listed.</param>
    /// <param name="problem">Why it is not to be had; null where it is.</param>
    public static ConnectionSort Find(string name, bool isClosed, out string? problem)
    {
        ConnectionSort? sort = name.Length == 0 ? Default : Array.Find(All, candidate => candidate.Name == name);
        problem = sort is null ? $"invalid sorting option: {name}"
            : sort.NeedsClosed && !isClosed ? $"sort by {name} only valid on closed connections" : null;
        return sort ?? Default;
    }

    /// <summary>How long a connection is, or was, open.</summary>
    public static TimeSpan Uptime(ConnectionSnapshot connection, DateTimeOffset now) => (connection.Stop ?? now) - connection.Start;

    /// <summary>How long a connection is, or was at its end, silent.</summary>
    public static TimeSpan Idle(ConnectionSnapshot connection, DateTimeOffset now) => (connection.Stop ?? now) - connection.LastActivity;

    /// <summary>Sorts in place; equals stay in the order of their numbers.</summary>
    public void Apply(List<ConnectionSnapshot> connections, DateTimeOffset now) => connections.Sort((x, y) =>
        Compare(x, y, now) is var order and not 0 ? order : x.Id.CompareTo(y.Id));

    private static ConnectionSort Descending(string name, Func<ConnectionSnapshot, long> key) =>
        new(name, false, (x, y, _) => key(y).CompareTo(key(x)));
}
