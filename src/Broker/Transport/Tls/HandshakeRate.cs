namespace NatsKestrel.Broker.Transport.Tls;

/// <summary>How many handshakes may begin in one second, which starts with the first of them, as in nats-server.</summary>
/// <param name="limit">The most; 0 for any number.</param>
internal sealed class HandshakeRate(int limit)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new(); // guards both fields
    private long? _start;
    private int _count;

    /// <summary>Counts one more.</summary>
    /// <returns>False where that is one too many.</returns>
    public bool TryBegin(TimeProvider time)
    {
        if (limit == 0)
        {
            return true;
        }

        lock (_gate)
        {
            if (_start is not { } start || time.GetElapsedTime(start) > Window)
            {
                (_start, _count) = (time.GetTimestamp(), 0);
            }

            if (_count == limit)
            {
                return false;
            }

            _count++;
            return true;
        }
    }
}
