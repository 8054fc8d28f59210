namespace NatsKestrel.Broker.Connections;

/// <summary>What is remembered of a receiver while much waits for it: how its queue grew, and who filled it.</summary>
/// <remarks>Exists only above a tenth of the pending limit, so that healthy receivers pay nothing. Guarded by the outbound gate.</remarks>
internal sealed class SlowConsumerWatch
{
    /// <summary>Seconds of history.</summary>
    public const int MaxSamples = 60;

    private const int MaxPublishers = 16;

    private readonly long[] _samples = new long[MaxSamples];
    private readonly ulong[] _publishers = new ulong[MaxPublishers];
    private readonly long[] _bytes = new long[MaxPublishers];
    private long _sampleCount;
    private int _publisherCount;

    /// <summary>Takes note of bytes queued by a publisher.</summary>
    public void Note(ulong publisher, int bytes)
    {
        int smallest = 0;
        for (int i = 0; i < _publisherCount; i++)
        {
            if (_publishers[i] == publisher)
            {
                _bytes[i] += bytes;
                return;
            }

            if (_bytes[i] < _bytes[smallest])
            {
                smallest = i;
            }
        }

        if (_publisherCount < MaxPublishers)
        {
            smallest = _publisherCount++;
            _bytes[smallest] = 0;
        }

        // The space-saving count: a newcomer takes the place and the bytes of the smallest, so that no large one is ever missed.
        _publishers[smallest] = publisher;
        _bytes[smallest] += bytes;
    }

    /// <summary>Takes note of how much is pending now; called about once a second.</summary>
    public void Sample(long pendingBytes) => _samples[_sampleCount++ % MaxSamples] = pendingBytes;

    /// <summary>Pending bytes second by second, oldest first.</summary>
    public long[] Samples()
    {
        int count = (int)Math.Min(_sampleCount, MaxSamples);
        var samples = new long[count];
        for (int i = 0; i < count; i++)
        {
            samples[i] = _samples[(_sampleCount - count + i) % MaxSamples];
        }

        return samples;
    }

    /// <summary>Who queued most, largest first; bytes are upper bounds where there were more than sixteen publishers.</summary>
    public SlowConsumerPublisher[] Publishers()
    {
        var publishers = new SlowConsumerPublisher[_publisherCount];
        for (int i = 0; i < _publisherCount; i++)
        {
            publishers[i] = new SlowConsumerPublisher(_publishers[i], _bytes[i]);
        }

        Array.Sort(publishers, static (a, b) => b.Bytes.CompareTo(a.Bytes));
        return publishers;
    }
}
