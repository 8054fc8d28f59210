namespace NatsKestrel.Broker.Accounts;

/// <summary>What became of one message at one subscription.</summary>
[Flags]
internal enum DeliveryResult
{
    /// <summary>Not taken: closed, or its auto-unsubscribe count was used up. Another queue member may take it.</summary>
    Refused = 0,

    /// <summary>Queued for the subscriber.</summary>
    Delivered = 1,

    /// <summary>The first bytes since the last flush: the caller now owes a <see cref="ISubscriber.Flush"/>.</summary>
    NeedsFlush = 2,

    /// <summary>The subscriber is close to its limit: the publisher should pause (fast-producer stall).</summary>
    Stall = 4,

    /// <summary>More waits for it than it may have: the connection is being cut.</summary>
    Overflow = 8,
}
