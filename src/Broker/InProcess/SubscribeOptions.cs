namespace NatsKestrel.Broker.InProcess;

/// <summary>How an in-process client listens to a subject.</summary>
public sealed record SubscribeOptions
{
    /// <summary>Queue group: of all its members, one gets each message.</summary>
    /// <value>Default null: none.</value>
    public string? QueueGroup { get; init; }

    /// <summary>Messages that may wait to be read.</summary>
    /// <value>Default 65,536.</value>
    public int MaxPendingMessages { get; init; } = 65_536;

    /// <summary>Bytes that may wait to be read: headers and payloads.</summary>
    /// <value>Default 0: what the server allows any client, <c>Nats:Limits:MaxPending</c>.</value>
    public long MaxPendingBytes { get; init; }

    /// <summary>What happens beyond that.</summary>
    /// <value>Default <see cref="SlowConsumerRule.Cut"/>.</value>
    public SlowConsumerRule WhenFull { get; init; }

    /// <summary>Deliveries after which the subscription ends by itself.</summary>
    /// <value>Default 0: never.</value>
    public long MaxMessages { get; init; }
}
