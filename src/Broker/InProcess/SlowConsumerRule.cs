namespace NatsKestrel.Broker.InProcess;

/// <summary>What happens when a message comes for a subscription that is full.</summary>
public enum SlowConsumerRule
{
    /// <summary>The subscription ends, as a slow client's connection does: what waits in it can still be read, then reading throws <see cref="SlowConsumerException"/>.</summary>
    Cut,

    /// <summary>The new message is lost to this subscription.</summary>
    DropNewest,

    /// <summary>The oldest waiting message is lost, and the new one waits: for readers that want what is current.</summary>
    DropOldest,
}
