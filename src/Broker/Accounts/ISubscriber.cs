using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts;

/// <summary>Whoever can receive messages: a client's connection, and later a route, a leaf node, the in-process client.</summary>
internal interface ISubscriber
{
    /// <summary>The server-wide connection id (<c>cid</c>).</summary>
    ulong Id { get; }

    /// <summary>Queues the message for this subscriber: never waits for a socket, callable from any thread.</summary>
    /// <param name="subscription">Which of its subscriptions matched.</param>
    /// <param name="message">Borrowed: copied before this returns.</param>
    /// <param name="publisher">The connection id of the publisher.</param>
    DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher);

    /// <summary>Hands what is queued to the transport. Owed, soon, by whoever got <see cref="DeliveryResult.NeedsFlush"/>.</summary>
    void Flush()
    {
    }

    /// <summary>Counts that a publisher is held back for it, and completes when there is room again or it is gone.</summary>
    /// <param name="limit">The longest its publisher may be held back.</param>
    Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;
}
