using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts;

/// <summary>Looks at what is published in an account without receiving it: it counts neither as receiver nor as responder.</summary>
internal interface IMessageObserver
{
    /// <summary>Called by the publisher's own thread, after delivery, by many at once: must be quick, and never throw or wait.</summary>
    /// <param name="message">Borrowed: good until this returns.</param>
    /// <param name="publisher">The connection id of the publisher.</param>
    /// <param name="isTaken">True where anybody received it.</param>
    void OnPublished(ref readonly Message message, ulong publisher, bool isTaken);
}
