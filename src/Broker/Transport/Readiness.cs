using System.Threading.Tasks.Sources;

namespace NatsKestrel.Broker.Transport;

/// <summary>One direction of a socket: whether it is ready, and who waits for that (one at a time).</summary>
/// <remarks>
/// The kernel reports a change once (edge-triggered), so a report that finds nobody waiting is kept. A kept report may be stale:
/// whoever is woken tries, and waits again where there was nothing.
/// </remarks>
internal sealed class Readiness(SocketLoop loop) : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Unknown = 0;
    private const int Ready = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _source;
    private int _state;
    private volatile bool _isOver;

    /// <summary>Completes on the loop's thread, in the loop's order, when the direction is ready.</summary>
    /// <param name="isReady">True where the caller knows that it is, and only waits for its turn.</param>
    public ValueTask WaitAsync(bool isReady)
    {
        _source.Reset();
        if (Interlocked.Exchange(ref _state, Waiting) == Ready || isReady || _isOver)
        {
            loop.Post(this);
        }

        return new ValueTask(this, _source.Version);
    }

    /// <summary>From now on nobody waits for a report: the end has been reported, and will not be a second time.</summary>
    /// <remarks>It may have come together with the last bytes, and lie behind them unread.</remarks>
    public void SetOver() => _isOver = true;

    /// <summary>Takes note that the direction is ready, and runs whoever waits for it, on this thread.</summary>
    public void Signal()
    {
        if (Interlocked.CompareExchange(ref _state, Unknown, Waiting) == Waiting)
        {
            _source.SetResult(true);
        }
        else if (Interlocked.CompareExchange(ref _state, Ready, Unknown) == Waiting)
        {
            // Somebody began to wait between the two: once more.
            Signal();
        }
    }

    void IThreadPoolWorkItem.Execute() => Signal();

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
