namespace NatsKestrel.Broker.Configuration;

/// <summary>How the server leaves: section <c>Nats:LameDuck</c>.</summary>
public sealed class LameDuckOptions
{
    /// <summary>Time from the notice until the last client is closed.</summary>
    /// <value>Default 2 minutes; at least 30 seconds, as in the reference server.</value>
    [TimeRange("00:00:30", "1.00:00:00")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Time clients are left alone after the notice; shorter than <see cref="Duration"/>.</summary>
    /// <value>Default 10 seconds, as in the reference server.</value>
    [TimeRange("00:00:00", "1.00:00:00")]
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(10);
}
