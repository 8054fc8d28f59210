namespace NatsKestrel.Broker.Connections;

/// <summary>Keeps the latest events of a kind: the oldest makes room for the newest.</summary>
internal sealed class EventRing<T>(int capacity)
    where T : class
{
    private readonly Lock _gate = new(); // guards _events and _total
    private readonly Queue<T> _events = new();
    private long _total;

    /// <summary>How many there were since the start, kept or not.</summary>
    public long Total => Interlocked.Read(ref _total);

    public void Add(T entry)
    {
        lock (_gate)
        {
            _total++;
            if (capacity == 0)
            {
                return;
            }

            if (_events.Count == capacity)
            {
                _events.Dequeue();
            }

            _events.Enqueue(entry);
        }
    }

    /// <summary>The events kept, oldest first.</summary>
    public T[] ToArray()
    {
        lock (_gate)
        {
            return [.. _events];
        }
    }
}
