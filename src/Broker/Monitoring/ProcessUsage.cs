namespace NatsKestrel.Broker.Monitoring;

/// <summary>Processor use of this process, measured only when somebody asks.</summary>
/// <param name="time">The clock.</param>
/// <param name="processorTime">Processor time used so far, user and system together.</param>
internal sealed class ProcessUsage(TimeProvider time, Func<TimeSpan> processorTime)
{
    /// <summary>Shortest span a figure is taken over: below it the last figure stands. One second, as in the reference server.</summary>
    private static readonly TimeSpan SampleSpan = TimeSpan.FromSeconds(1);

    /// <summary>Guards the fields below.</summary>
    private readonly Lock _lock = new();

    private long _sampledAt = time.GetTimestamp();
    private TimeSpan _sampled = processorTime();
    private double _percent;

    public ProcessUsage(TimeProvider time)
        : this(time, () => Environment.CpuUsage.TotalTime)
    {
    }

    /// <summary>Per cent of one core, to one decimal, since the last call that was at least a second ago; 0 in the first second.</summary>
    public double CpuPercent()
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            var elapsed = time.GetElapsedTime(_sampledAt, now);
            if (elapsed >= SampleSpan)
            {
                var used = processorTime();
                _percent = Math.Round((used - _sampled) / elapsed * 100, 1);
                _sampled = used;
                _sampledAt = now;
            }

            return _percent;
        }
    }
}
