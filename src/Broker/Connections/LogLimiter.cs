namespace NatsKestrel.Broker.Connections;

/// <summary>Lets one log line of a kind through per second, and counts the others for the next.</summary>
/// <remarks>For lines that a client can provoke as often as it likes.</remarks>
internal sealed class LogLimiter(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _lastLine;
    private long _suppressed;

    /// <summary>True where the line may be written now.</summary>
    /// <param name="count">How many events it stands for, this one included.</param>
    public bool TryPass(out long count)
    {
        long last = Volatile.Read(ref _lastLine);
        long now = time.GetTimestamp();
        bool mayPass = last == 0 || time.GetElapsedTime(last, now) >= Interval;
        if (mayPass && Interlocked.CompareExchange(ref _lastLine, now, last) == last)
        {
            count = Interlocked.Exchange(ref _suppressed, 0) + 1;
            return true;
        }

        Interlocked.Increment(ref _suppressed);
        count = 0;
        return false;
    }
}
