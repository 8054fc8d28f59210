using System.ComponentModel.DataAnnotations;

namespace NatsKestrel.Broker.Configuration;

/// <summary>What happens to receivers that take their messages too slowly: section <c>Nats:SlowConsumers</c>.</summary>
public sealed class SlowConsumerOptions
{
    /// <summary>Time a client may take without accepting a byte that waits for it, before it is cut.</summary>
    /// <value>Default 10 seconds, as in the reference server.</value>
    [TimeRange("00:00:00.1000000", "1.00:00:00")]
    public TimeSpan WriteDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>True drops messages for a receiver above 75 % of its pending limit, instead of pausing their publisher.</summary>
    /// <value>Default false, as in the reference server.</value>
    public bool NoFastProducerStall { get; set; }

    /// <summary>Slow-consumer events kept with their circumstances.</summary>
    /// <value>Default 500.</value>
    [Range(0, 10_000)]
    public int EventsKept { get; set; } = 500;
}
