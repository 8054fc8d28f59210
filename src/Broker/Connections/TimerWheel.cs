using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Connections;

/// <summary>One clock for the timers of all connections: a ring of slots, one of which comes due with every tick.</summary>
/// <remarks>Setting and moving a timer costs a few pointer writes under one lock, whatever the number of connections.</remarks>
internal sealed class TimerWheel : IDisposable
{
    /// <summary>How precise timers are: none fires early, all fire within about one tick.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private const int SlotCount = 2048; // 205 s around: a ping interval of two minutes lies within one turn

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Lock _gate = new(); // guards the slots, the links of every timer in them, and _now
    private readonly WheelTimer?[] _slots = new WheelTimer?[SlotCount];
    private readonly List<WheelTimer> _due = []; // touched by the tick alone
    private long _now;
    private int _isTicking;

    public TimerWheel(TimeProvider time, ILogger<TimerWheel> logger)
    {
        _time = time;
        _logger = logger;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static wheel => ((TimerWheel)wheel!).OnTick(), this, Tick, Tick);
    }

    /// <summary>Lets the timer fire once after <paramref name="delay"/>, instead of whenever it was set to before.</summary>
    public void Set(WheelTimer timer, TimeSpan delay)
    {
        long dueTick = TicksSinceStart(_time.GetElapsedTime(_start) + delay) + 1;
        lock (_gate)
        {
            Unlink(timer);
            timer.DueTick = Math.Max(dueTick, _now + 1);
            Link(timer);
        }
    }

    /// <summary>The timer will not fire any more, unless it is firing at this moment.</summary>
    public void Cancel(WheelTimer timer)
    {
        lock (_gate)
        {
            Unlink(timer);
        }
    }

    public void Dispose() => _timer.Dispose();

    private static long TicksSinceStart(TimeSpan elapsed) => elapsed.Ticks / Tick.Ticks;

    private void OnTick()
    {
        // A tick that takes longer than the next one is far from it: the running one catches up.
        if (Interlocked.Exchange(ref _isTicking, 1) == 1)
        {
            return;
        }

        CollectDue();
        foreach (WheelTimer timer in _due)
        {
            Fire(timer);
        }

        _due.Clear();
        Volatile.Write(ref _isTicking, 0);
    }

    private void CollectDue()
    {
        long now = TicksSinceStart(_time.GetElapsedTime(_start));
        lock (_gate)
        {
            // After a long pause one turn visits every slot there is.
            long first = Math.Max(_now + 1, now - SlotCount + 1);
            for (long tick = first; tick <= now; tick++)
            {
                for (WheelTimer? timer = _slots[tick % SlotCount]; timer is not null;)
                {
                    WheelTimer? next = timer.Next;
                    if (timer.DueTick <= now)
                    {
                        Unlink(timer);
                        _due.Add(timer);
                    }

                    timer = next;
                }
            }

            _now = now;
        }
    }

    private void Fire(WheelTimer timer)
    {
        try
        {
            timer.OnDue();
        }
        catch (Exception exception)
        {
            // One connection's trouble must not stop the clock of all.
            Log(exception);
        }
    }

    private void Log(Exception exception)
    {
        try
        {
            _logger.TimerFailed(exception);
        }
        catch (Exception)
        {
            // A log that fails has nowhere to say so, and an exception that leaves a timer ends the process.
        }
    }

    private void Link(WheelTimer timer)
    {
        ref WheelTimer? slot = ref _slots[timer.DueTick % SlotCount];
        timer.Next = slot;
        if (slot is not null)
        {
            slot.Previous = timer;
        }

        slot = timer;
    }

    private void Unlink(WheelTimer timer)
    {
        ref WheelTimer? slot = ref _slots[timer.DueTick % SlotCount];
        if (timer.Previous is not null)
        {
            timer.Previous.Next = timer.Next;
        }
        else if (slot == timer)
        {
            slot = timer.Next;
        }

        if (timer.Next is not null)
        {
            timer.Next.Previous = timer.Previous;
        }

        timer.Next = timer.Previous = null;
    }
}
