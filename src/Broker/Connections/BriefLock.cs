namespace NatsKestrel.Broker.Connections;

/// <summary>A lock held for moments only: to copy some bytes, never to wait, to call out or to take another lock.</summary>
/// <remarks>
/// One atomic operation to enter and none to leave, where <see cref="Lock"/> takes two and asks who the thread is. In exchange
/// it is not reentrant, and who finds it held spins until it is free.
/// </remarks>
internal sealed class BriefLock
{
    private int _isHeld;

    /// <summary>Enters; disposing the result leaves.</summary>
    public Scope EnterScope()
    {
        if (Interlocked.CompareExchange(ref _isHeld, 1, 0) != 0)
        {
            Wait();
        }

        return new Scope(this);
    }

    // Never sleeps for a whole millisecond: whoever holds it lets go sooner, even where it lost its processor meanwhile.
    private void Wait()
    {
        var spin = new SpinWait();
        do
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref _isHeld) != 0 || Interlocked.CompareExchange(ref _isHeld, 1, 0) != 0);
    }

    /// <summary>The time within the lock.</summary>
    public readonly ref struct Scope(BriefLock gate)
    {
        /// <summary>Leaves.</summary>
        public void Dispose() => Volatile.Write(ref gate._isHeld, 0);
    }
}
