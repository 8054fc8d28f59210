using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Feed;

/// <summary>Looks at the broker once a second for all pages together, and not at all while no page is open.</summary>
internal sealed class ConsoleFeed(
    ConnectionRegistry registry, AccountDirectory accounts, LiveSettings settings, TimeProvider time, ILogger<ConsoleFeed> logger) : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // After a longer silence the last sample says nothing about the present.
    private static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new(); // guards all fields
    private readonly List<Viewer> _viewers = [];
    private readonly RateHistory _history = new();
    private readonly TrafficMeter _traffic = new(accounts);
    private Dictionary<ulong, (ConnectionSnapshot Connection, ConnectionTrend Trend)> _connectionsBefore = [];
    private FeedSnapshot? _last;
    private long _lastAt;
    private long _connectionsAt;
    private CancellationTokenSource? _stop;
    private Task _loop = Task.CompletedTask;

    /// <summary>Pages that look at present.</summary>
    public int Viewers
    {
        get
        {
            lock (_gate)
            {
                return _viewers.Count;
            }
        }
    }

    /// <summary>True while publishers are being counted.</summary>
    public bool IsCountingTraffic
    {
        get
        {
            lock (_gate)
            {
                return _traffic.IsCounting;
            }
        }
    }

    /// <summary>The server now, with what the parts ask for.</summary>
    public FeedSnapshot Look(FeedParts parts)
    {
        lock (_gate)
        {
            bool isFresh = _last is not null && time.GetElapsedTime(_lastAt) < Interval && Covers(_last, parts);
            return isFresh ? _last! : Sample(parts | Needed(), isTick: false);
        }
    }

    /// <summary>Has a page called after each tick, until the result is disposed.</summary>
    /// <param name="parts">What the page needs.</param>
    /// <param name="onTick">Called on a thread of the feed's: must not block or throw.</param>
    public IDisposable Watch(FeedParts parts, Action<FeedSnapshot> onTick)
    {
        var viewer = new Viewer(this, parts, onTick);
        lock (_gate)
        {
            _viewers.Add(viewer);
            if (_stop is null)
            {
                _stop = new CancellationTokenSource();
                _loop = RunAsync(_stop.Token);
            }
        }

        return viewer;
    }

    /// <summary>The last minutes of one series, oldest first.</summary>
    public double[] History(FeedMetric metric)
    {
        lock (_gate)
        {
            return _history.Of(metric);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task loop;
        lock (_gate)
        {
            _viewers.Clear();
            _traffic.Stop();
            _stop?.Cancel();
            loop = _loop;
        }

        await loop.ConfigureAwait(false);
    }

    private async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (!stop.IsCancellationRequested)
        {
            await ((Task)timer.WaitForNextTickAsync(stop).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!Tick())
                {
                    return;
                }
            }
            catch (Exception exception)
            {
                logger.FeedFailed(exception);
            }
        }
    }

    // False when the loop is over: nobody looks, and nothing is counted.
    private bool Tick()
    {
        FeedSnapshot? snapshot = null;
        Viewer[] viewers;
        lock (_gate)
        {
            viewers = [.. _viewers];
            _traffic.StopWhereUnused(time.GetUtcNow());
            if (viewers.Length == 0 && !_traffic.IsCounting)
            {
                _stop?.Dispose();
                _stop = null;
                return false;
            }

            if (viewers.Length > 0)
            {
                snapshot = Sample(Needed(), isTick: true);
            }
        }

        foreach (Viewer viewer in viewers)
        {
            viewer.OnTick(snapshot!);
        }

        return true;
    }

    private FeedParts Needed() => _viewers.Aggregate(FeedParts.Totals, static (parts, viewer) => parts | viewer.Parts);

    private static bool Covers(FeedSnapshot snapshot, FeedParts parts) =>
        ((parts & FeedParts.Connections) == 0 || snapshot.Connections.Count > 0)
        && ((parts & FeedParts.Traffic) == 0 || snapshot.Traffic.Count > 0);

    private FeedSnapshot Sample(FeedParts parts, bool isTick)
    {
        DateTimeOffset now = time.GetUtcNow();
        long at = time.GetTimestamp();
        TimeSpan elapsed = time.GetElapsedTime(_lastAt, at);
        FeedSnapshot? before = elapsed < MaxGap ? _last : null;
        ServerTotals totals = registry.Totals();
        if (before is null)
        {
            _history.Clear();
        }

        var snapshot = new FeedSnapshot
        {
            Time = now,
            Totals = totals,
            Subscriptions = accounts.All.Sum(static account => (long)account.Sublist.Count),
            PendingBytes = registry.Open.Sum(static connection => connection.PendingBytes),
            Rate = before is null ? null : Rate(before.Totals, totals, elapsed.TotalSeconds),
            Connections = (parts & FeedParts.Connections) == 0 ? [] : Rows(now, at),
            Traffic = (parts & FeedParts.Traffic) == 0 ? [] : _traffic.Sample(now),
        };
        if (isTick)
        {
            _history.Add(snapshot);
        }

        _last = snapshot;
        _lastAt = at;
        return snapshot;
    }

    private static TrafficRate Rate(ServerTotals before, ServerTotals now, double seconds) => new(
        Math.Max(now.InMessages - before.InMessages, 0) / seconds,
        Math.Max(now.OutMessages - before.OutMessages, 0) / seconds,
        Math.Max(now.InBytes - before.InBytes, 0) / seconds,
        Math.Max(now.OutBytes - before.OutBytes, 0) / seconds);

    private ConnectionRow[] Rows(DateTimeOffset now, long at)
    {
        TimeSpan elapsed = time.GetElapsedTime(_connectionsAt, at);
        IReadOnlyList<ConnectionSnapshot> open = registry.SnapshotOpen();
        var rows = new ConnectionRow[open.Count];
        var next = new Dictionary<ulong, (ConnectionSnapshot, ConnectionTrend)>(open.Count);
        for (int i = 0; i < rows.Length; i++)
        {
            ConnectionSnapshot connection = open[i];
            bool isKnown = _connectionsBefore.TryGetValue(connection.Id, out var before) && elapsed < MaxGap;
            TrafficRate rate = isKnown ? Rate(before.Connection, connection, elapsed.TotalSeconds) : default;
            ConnectionTrend trend = isKnown ? before.Trend : new ConnectionTrend();
            if (isKnown)
            {
                trend.Add(rate.InMessages + rate.OutMessages);
            }

            rows[i] = new ConnectionRow(connection, rate, StateOf(connection, rate, now), trend);
            next[connection.Id] = (connection, trend);
        }

        _connectionsBefore = next;
        _connectionsAt = at;
        Array.Sort(rows, static (x, y) => x.Id.CompareTo(y.Id));
        return rows;
    }

    private static TrafficRate Rate(ConnectionSnapshot before, ConnectionSnapshot now, double seconds) => new(
        (now.InMessages - before.InMessages) / seconds,
        (now.OutMessages - before.OutMessages) / seconds,
        (now.InBytes - before.InBytes) / seconds,
        (now.OutBytes - before.OutBytes) / seconds);

    private ConnectionState StateOf(ConnectionSnapshot connection, TrafficRate rate, DateTimeOffset now) =>
        connection.PendingBytes > settings.Current.WatchThreshold ? ConnectionState.Slow
        : rate.OutMessages <= 0 && now - connection.LastActivity > IdleAfter ? ConnectionState.Idle
        : ConnectionState.Active;

    private void Leave(Viewer viewer)
    {
        lock (_gate)
        {
            _viewers.Remove(viewer);
        }
    }

    private sealed record Viewer(ConsoleFeed Feed, FeedParts Parts, Action<FeedSnapshot> OnTick) : IDisposable
    {
        public void Dispose() => Feed.Leave(this);

        // Each is itself and no other, whatever it watches.
        public bool Equals(Viewer? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
