using System.Collections.Concurrent;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Permissions;

namespace NatsKestrel.Broker.Connections;

/// <summary>Every connection that is open, those that have ended lately, and what they have done together.</summary>
internal sealed class ConnectionRegistry(LiveSettings settings)
{
    private readonly ConcurrentDictionary<ulong, ClientConnection> _open = new();
    private readonly ConcurrentDictionary<ulong, ILocalConnection> _local = new();
    private readonly EventRing<ConnectionSnapshot> _closed = new(settings.Current.MaxClosedClients);
    private readonly Lock _gate = new(); // guards _ended: a connection moves from _open to it in one step
    private readonly Dictionary<string, ServerTotals> _ended = [];
    private ulong _lastId;
    private ulong _total;
    private long _refused;
    private int _count;
    private int _silent;

    /// <summary>Called by the thread of each connection that has logged in, with its id and account: must be quick. Null where nobody wants to know.</summary>
    public Action<ulong, Account>? LoggedIn { get; set; }

    /// <summary>The same for those who stay when users or accounts have changed.</summary>
    public Action<ulong, Account>? Rebound { get; set; }

    /// <summary>Called when the service of an account has not let a connection in, with its id, before it is closed.</summary>
    public Action<ulong, CalloutRefusal>? CalloutRefused { get; set; }

    /// <summary>Called when a client may not do what it tried, with the subject (empty for a login), by its own thread: must be quick. Null where nobody wants to know.</summary>
    public Action<ClientConnection, DeniedAct, string>? Denied { get; set; }

    /// <summary>Called with each connection that has ended, by its own thread: must be quick. Null where nobody wants to know.</summary>
    public Action<ConnectionSnapshot>? Ended { get; set; }

    /// <summary>Connections open now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Connections turned away at the limit since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public IEnumerable<ClientConnection> Open => _open.Values;

    /// <summary>Those without a socket; counted with the others.</summary>
    public IEnumerable<ILocalConnection> Local => _local.Values;

    /// <summary>A connection id that was never used.</summary>
    public ulong NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Takes a connection in, if there is room; it is counted all the same.</summary>
    public Admission Add(ClientConnection connection)
    {
        Interlocked.Increment(ref _total);
        if (Interlocked.Increment(ref _count) > settings.Current.MaxConnections)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _refused);
            return Admission.TooMany;
        }

        if (Interlocked.Increment(ref _silent) > settings.Current.MaxUnauthenticated)
        {
            Interlocked.Decrement(ref _silent);
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _refused);
            return Admission.TooManySilent;
        }

        _open[connection.Id] = connection;
        return Admission.Accepted;
    }

    /// <summary>Takes in a connection without a socket.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="isLimited">False for the application's own, which may be one too many.</param>
    /// <returns>False where there is no room.</returns>
    public bool TryAdd(ILocalConnection connection, bool isLimited)
    {
        Interlocked.Increment(ref _total);
        if (Interlocked.Increment(ref _count) > settings.Current.MaxConnections && isLimited)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _refused);
            return false;
        }

        _local[connection.Id] = connection;
        LoggedIn?.Invoke(connection.Id, connection.Account);
        return true;
    }

    /// <summary>Moves a connection without a socket to those that have ended.</summary>
    public void Remove(ILocalConnection connection, ConnectionSnapshot last)
    {
        lock (_gate)
        {
            if (!_local.TryRemove(connection.Id, out _))
            {
                return;
            }

            Interlocked.Decrement(ref _count);
            ServerTotals sum = Add(_ended.GetValueOrDefault(last.AccountName), connection.Totals);
            _ended[last.AccountName] = sum with { Connections = 0 };
        }

        _closed.Add(last);
        Ended?.Invoke(last);
    }

    /// <summary>Takes note that a connection has said something.</summary>
    public void NoteSpoken() => Interlocked.Decrement(ref _silent);

    /// <summary>Moves a connection to those that have ended.</summary>
    public void Remove(ClientConnection connection, ConnectionSnapshot last)
    {
        lock (_gate)
        {
            if (_open.TryRemove(connection.Id, out _))
            {
                Interlocked.Decrement(ref _count);
                if (!connection.HasSpoken)
                {
                    NoteSpoken();
                }
            }

            ServerTotals sum = _ended.GetValueOrDefault(last.AccountName);
            _ended[last.AccountName] = sum with
            {
                InMessages = sum.InMessages + connection.InMessages,
                InBytes = sum.InBytes + connection.InBytes,
                OutMessages = sum.OutMessages + connection.OutMessages,
                OutBytes = sum.OutBytes + connection.OutBytes,
                Stalls = sum.Stalls + connection.Stalls,
                SlowConsumers = sum.SlowConsumers + (last.Reason.IsSlowConsumer() ? 1 : 0),
                StaleConnections = sum.StaleConnections + (last.Reason == CloseReason.StaleConnection ? 1 : 0),
            };
        }

        _closed.Add(last);
        Ended?.Invoke(last);
    }

    /// <summary>All open connections, without their subscriptions, in no particular order.</summary>
    /// <param name="account">Only those of this account, the others cost next to nothing; empty for all.</param>
    public IReadOnlyList<ConnectionSnapshot> SnapshotOpen(string account = "") =>
    [
        .. _open.Values.Where(connection => account.Length == 0 || connection.Account.Name == account).Select(connection => connection.Snapshot()),
        .. _local.Values.Where(connection => account.Length == 0 || connection.Account.Name == account).Select(connection => connection.Snapshot()),
    ];

    /// <summary>The connections that ended lately, oldest first, each with a few of the subscriptions it had.</summary>
    public IReadOnlyList<ConnectionSnapshot> SnapshotClosed() => _closed.ToArray();

    /// <summary>One open connection, or null.</summary>
    public ConnectionSnapshot? FindOpen(ulong id, bool withSubscriptions) => FindOpen(id, withSubscriptions ? int.MaxValue : 0);

    /// <summary>One open connection with some of its subscriptions, or null.</summary>
    public ConnectionSnapshot? FindOpen(ulong id, int maxSubscriptions) =>
        _open.TryGetValue(id, out ClientConnection? connection) ? connection.Snapshot(maxSubscriptions)
        : _local.TryGetValue(id, out ILocalConnection? local) ? local.Snapshot(maxSubscriptions) : null;

    /// <summary>What an open connection may do; null for everything, and where it is not open.</summary>
    public UserPermissions? PermissionsOf(ulong id) =>
        _open.TryGetValue(id, out ClientConnection? connection) ? connection.Permissions?.User
        : _local.TryGetValue(id, out ILocalConnection? local) ? local.UserPermissions : null;

    /// <summary>The numbers of the account's open connections that may not do everything.</summary>
    public IEnumerable<ulong> Restricted(Account account) =>
        _open.Values.Where(connection => connection.Account == account && connection.Permissions is not null).Select(static connection => connection.Id)
            .Concat(_local.Values.Where(local => local.Account == account && local.UserPermissions is not null).Select(static local => local.Id));

    /// <summary>Asks a client for its round trip time, where none is known yet.</summary>
    public void Ping(ulong id)
    {
        if (_open.TryGetValue(id, out ClientConnection? connection))
        {
            connection.MeasureRoundTrip();
        }
    }

    /// <summary>Has what goes over one connection written into the log at level Trace, or ends that.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="isTraced">False takes the server's own setting again.</param>
    /// <param name="maxPayload">Bytes of a payload that are shown.</param>
    /// <returns>False where it is not open, or has no socket.</returns>
    public bool SetTrace(ulong id, bool isTraced, int maxPayload = 0)
    {
        if (!_open.TryGetValue(id, out ClientConnection? connection))
        {
            return false;
        }

        connection.Settings = isTraced ? connection.Settings with { IsTraced = true, MaxTracedLength = maxPayload } : settings.Current;
        return true;
    }

    /// <summary>Tells one client that the server is about to leave, as far as it is concerned.</summary>
    /// <returns>What prevents that; null where it was told.</returns>
    public string? SendLameDuckInfo(ulong id) =>
        !_open.TryGetValue(id, out ClientConnection? connection) ? "no such client id"
        : connection.SendLameDuckInfo() ? null : "client does not support Lame Duck Mode or is not ready to receive the notification";

    /// <summary>Ends a connection because an operator wants it gone.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="words">What the client is told before: printable ASCII without quotes; empty for nothing, as nats-server does.</param>
    /// <returns>False where it is not open (any more).</returns>
    public bool Kick(ulong id, string words = "")
    {
        if (_local.TryGetValue(id, out ILocalConnection? local))
        {
            local.Close(CloseReason.Kicked);
            return true;
        }

        if (!_open.TryGetValue(id, out ClientConnection? connection) || connection.IsClosing)
        {
            return false;
        }

        connection.Kick(words);
        return true;
    }

    /// <summary>The sums over all connections, open and closed.</summary>
    public ServerTotals Totals()
    {
        lock (_gate)
        {
            return Sum([.. _ended.Values, .. _local.Values.Select(local => local.Totals)], _open.Values);
        }
    }

    /// <summary>The sums over one account's connections.</summary>
    public ServerTotals Totals(string accountName)
    {
        lock (_gate)
        {
            var others = _local.Values.Where(local => local.Account.Name == accountName).Select(local => local.Totals);
            return Sum([_ended.GetValueOrDefault(accountName), .. others], _open.Values.Where(connection => connection.Account.Name == accountName));
        }
    }

    private static ServerTotals Add(ServerTotals sum, ServerTotals part) => sum with
    {
        Connections = sum.Connections + part.Connections,
        InMessages = sum.InMessages + part.InMessages,
        InBytes = sum.InBytes + part.InBytes,
        OutMessages = sum.OutMessages + part.OutMessages,
        OutBytes = sum.OutBytes + part.OutBytes,
        Stalls = sum.Stalls + part.Stalls,
        SlowConsumers = sum.SlowConsumers + part.SlowConsumers,
        StaleConnections = sum.StaleConnections + part.StaleConnections,
    };

    private ServerTotals Sum(IEnumerable<ServerTotals> parts, IEnumerable<ClientConnection> open)
    {
        var sum = new ServerTotals { TotalConnections = Interlocked.Read(ref _total) };
        foreach (ServerTotals part in parts)
        {
            sum = Add(sum, part);
        }

        foreach (ClientConnection connection in open)
        {
            sum = sum with
            {
                Connections = sum.Connections + 1,
                InMessages = sum.InMessages + connection.InMessages,
                InBytes = sum.InBytes + connection.InBytes,
                OutMessages = sum.OutMessages + connection.OutMessages,
                OutBytes = sum.OutBytes + connection.OutBytes,
                Stalls = sum.Stalls + connection.Stalls,
            };
        }

        return sum;
    }
}
