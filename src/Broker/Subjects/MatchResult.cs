namespace NatsKestrel.Broker.Subjects;

/// <summary>Who listens to one subject: every plain subscription, and the members of each queue group.</summary>
/// <remarks>Either a cached one, which is never changed, or the caller's own, refilled by each match.</remarks>
internal sealed class MatchResult<T>
    where T : SublistEntry
{
    private T[] _plain = [];
    private T[][] _queues = [];
    private int[] _queueCounts = [];

    /// <summary>Plain subscriptions, in no particular order.</summary>
    public ReadOnlySpan<T> Plain => _plain.AsSpan(0, PlainCount);

    public int PlainCount { get; private set; }

    /// <summary>Queue groups: one per name, whatever subscription subjects its members have.</summary>
    public int QueueCount { get; private set; }

    /// <summary>The members of one queue group.</summary>
    public ReadOnlySpan<T> Queue(int index) => _queues[index].AsSpan(0, _queueCounts[index]);

    public bool TooManyTokens { get; internal set; }

    public bool IsEmpty => PlainCount == 0 && QueueCount == 0;
}
