using NatsKestrel.Broker.Transport;

namespace NatsKestrel.Broker.Connections;

/// <summary>Gives memory back after a burst: blocks nobody needs any more first, then what the runtime holds.</summary>
internal sealed class MemoryTrimmer(TimerWheel wheel, BlockPool pool) : WheelTimer
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Below this a full collection is not worth its pause.
    private const long MinWorthCollecting = 8 * 1024 * 1024;

    private long _trimmed;

    public void Start() => wheel.Set(this, Interval);

    /// <inheritdoc/>
    public override void OnDue()
    {
        long trimmed = pool.Trim();
        _trimmed += trimmed;
        if (trimmed == 0 && _trimmed >= MinWorthCollecting)
        {
            _trimmed = 0;
            ThreadPool.QueueUserWorkItem(static _ => GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true));
        }

        wheel.Set(this, Interval);
    }
}
