using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Broker.Delivery;

/// <summary>What one publisher has set in motion since its last flush: whom it owes one, and who is slow.</summary>
/// <remarks>Belongs to one connection and is touched by its read loop alone.</remarks>
internal sealed class DeliveryBatch
{
    // Receivers are flushed when a publisher's reads are used up, or earlier once this much waits in their queues because of it.
    private const long MaxUnflushedBytes = 4 * 1024 * 1024;

    private ISubscriber[] _owed = [];
    private int _owedCount;
    private int _flushedCount;
    private long _unflushedBytes;

    /// <summary>A receiver near its limit: its publisher should pause before it goes on. Null where there is none.</summary>
    public ISubscriber? Slow { get; private set; }

    /// <summary>False once the publisher has paused for as long as it may within one read: it goes on at full speed then.</summary>
    public bool MayStall { get; set; } = true;

    /// <summary>True when the receivers should be flushed before more is delivered.</summary>
    public bool IsFull => _unflushedBytes > MaxUnflushedBytes;

    /// <summary>Takes note of one delivery.</summary>
    public void Add(ISubscriber subscriber, DeliveryResult result, int length)
    {
        _unflushedBytes += length;
        if ((result & DeliveryResult.NeedsFlush) != 0)
        {
            Owe(subscriber);
        }

        if ((result & DeliveryResult.Stall) != 0 && MayStall)
        {
            Slow = subscriber;
        }
    }

    /// <summary>Adds a receiver that must be flushed with the others.</summary>
    public void Owe(ISubscriber subscriber)
    {
        if (_owedCount == _owed.Length)
        {
            Array.Resize(ref _owed, Math.Max(4, _owed.Length * 2));
        }

        _owed[_owedCount++] = subscriber;
    }

    /// <summary>Flushes every receiver that is owed one.</summary>
    public void Flush()
    {
        // Should one fail, the next call goes on behind it: nobody else would ever flush the others.
        while (_flushedCount < _owedCount)
        {
            ISubscriber subscriber = _owed[_flushedCount];
            _owed[_flushedCount++] = null!;
            subscriber.Flush();
        }

        if (_owed.Length > 1024)
        {
            _owed = [];
        }

        _owedCount = _flushedCount = 0;
        _unflushedBytes = 0;
    }

    /// <summary>Forgets the slow receiver, after its publisher has paused.</summary>
    public void ForgetSlow() => Slow = null;
}
