using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.Broker.Connections;

/// <summary>Watches the receivers that let bytes wait: cuts those that take nothing, and the worst when memory runs short.</summary>
/// <remarks>Only connections whose socket was full lately are watched; with none, nothing runs.</remarks>
internal sealed class SlowConsumers : WheelTimer
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    private readonly TimerWheel _wheel;
    private readonly BlockPool _pool;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LiveSettings _settings;
    private readonly Lock _gate = new(); // guards _watched
    private readonly HashSet<ClientConnection> _watched = [];
    private int _isCutting;
    private long _subscriptionBytes;
    private long _lastSample;

    public SlowConsumers(LiveSettings settings, TimerWheel wheel, BlockPool pool, TimeProvider time, ILogger<SlowConsumers> logger)
    {
        _wheel = wheel;
        _pool = pool;
        _time = time;
        _logger = logger;
        _settings = settings;
        PendingLimit = settings.Current.MaxPendingTotal;
        Events = new EventRing<SlowConsumerEvent>(settings.Current.SlowConsumerEventsKept);
    }

    /// <summary>Bytes that may wait for all connections together, subscriptions included.</summary>
    public long PendingLimit { get; }

    /// <summary>Bytes that wait at this moment: lent blocks, shared bodies, subscriptions.</summary>
    public long HeldBytes => _pool.LentBytes + SharedBody.LivingBytes + SubscriptionBytes;

    /// <summary>Of these, the bytes of subscriptions, and of messages that wait in them where there is no socket.</summary>
    public long SubscriptionBytes => Interlocked.Read(ref _subscriptionBytes);

    /// <summary>The latest slow consumers and their circumstances.</summary>
    public EventRing<SlowConsumerEvent> Events { get; }

    /// <summary>Accounts for the memory of subscriptions made (or, negative, removed).</summary>
    /// <returns>False where the process has no room for more.</returns>
    public bool TryAddSubscriptionBytes(long bytes) =>
        Interlocked.Add(ref _subscriptionBytes, bytes) < PendingLimit || bytes < 0;

    /// <summary>Keeps an eye on a connection whose socket is full; to be called after its write began to wait.</summary>
    public void Watch(ClientConnection connection)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _watched.Count == 0;
            _watched.Add(connection);
        }

        if (isFirst)
        {
            _wheel.Set(this, SweepInterval);
        }
    }

    /// <summary>Cuts the largest queues where memory runs short. Publishers call it after each batch: they fill memory faster than any timer looks.</summary>
    public void Relieve()
    {
        if (HeldBytes <= PendingLimit || Interlocked.Exchange(ref _isCutting, 1) == 1)
        {
            return;
        }

        try
        {
            CutWorst();
        }
        finally
        {
            Volatile.Write(ref _isCutting, 0);
        }
    }

    /// <inheritdoc/>
    public override void OnDue()
    {
        try
        {
            Sweep();
        }
        finally
        {
            // Whatever went wrong with one receiver, the others stay watched.
            Continue();
        }
    }

    private void Continue()
    {
        lock (_gate)
        {
            if (_watched.Count == 0)
            {
                return;
            }
        }

        _wheel.Set(this, SweepInterval);
    }

    private void Sweep()
    {
        bool isSampleDue = _lastSample == 0 || _time.GetElapsedTime(_lastSample) >= SampleInterval;
        if (isSampleDue)
        {
            _lastSample = _time.GetTimestamp();
        }

        foreach (ClientConnection connection in Watched())
        {
            if (!connection.CheckPending(_settings.Current.WriteDeadline, isSampleDue))
            {
                Forget(connection);
            }
        }

        Relieve();
    }

    // A write that began to wait since the check has called Watch, or is about to: looked at again under the lock, none is lost.
    private void Forget(ClientConnection connection)
    {
        lock (_gate)
        {
            if (!connection.IsBlocked)
            {
                _watched.Remove(connection);
            }
        }
    }

    // Above the budget the largest queues go first, until nine tenths of it would be left.
    private void CutWorst()
    {
        // Who was cut a moment ago still holds its memory, but not for long: nobody else is cut for it. Counted before the whole, so that what it
        // gives back between the two is not missed in one and found in the other.
        ClientConnection[] watched = Watched();
        long leaving = watched.Where(static connection => connection.IsClosing).Sum(static connection => connection.PendingBytes);
        long held = HeldBytes - leaving;
        if (held <= PendingLimit)
        {
            return;
        }

        long surplus = held - (PendingLimit / 10 * 9);
        int cut = 0;
        foreach (ClientConnection connection in watched.Where(static candidate => !candidate.IsClosing).OrderByDescending(static candidate => candidate.PendingBytes))
        {
            if (surplus <= 0)
            {
                break;
            }

            surplus -= connection.PendingBytes;
            cut += connection.IsClosing ? 0 : 1;
            connection.Close(CloseReason.SlowConsumerPendingBytes);
        }

        if (cut > 0)
        {
            _logger.MemoryBudgetExceeded(cut, held, PendingLimit);
        }
    }

    private ClientConnection[] Watched()
    {
        lock (_gate)
        {
            return [.. _watched];
        }
    }
}
