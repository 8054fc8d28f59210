using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts;

/// <summary>Whoever can receive messages: a client's connection, and later a route, a leaf node, the in-process client.</summary>
internal interface ISubscriber
{
    /// <summary>The server-wide connection id (<c>cid</c>).</summary>
    ulong Id { get; }

    /// <summary>False where a publisher must not get its own messages back (<c>echo:false</c>).</summary>
    bool Echo { get; }

    /// <summary>Queues the message for this subscriber: never waits for a socket, callable from any thread.</summary>
    /// <param name="subscription">Which of its subscriptions matched.</param>
    /// <param name="message">Borrowed: copied before this returns.</param>
    /// <param name="publisher">The connection id of the publisher.</param>
    DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher);

    /// <summary>Hands what is queued to the transport. Owed by whoever got <see cref="DeliveryResult.NeedsFlush"/>, soon.</summary>
    void Flush();
}
