using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts;

/// <summary>Those who look at what is published in an account. While there is none, a publisher pays one look at a field.</summary>
internal sealed class MessageObservers
{
    private readonly Lock _gate = new(); // guards changes of _all
    private volatile IMessageObserver[]? _all;

    public bool IsEmpty => _all is null;

    /// <summary>Lets an observer see what is published from now on.</summary>
    public void Add(IMessageObserver observer)
    {
        lock (_gate)
        {
            _all = [.. _all ?? [], observer];
        }
    }

    /// <summary>Takes an observer away; one message or another may still reach it.</summary>
    public void Remove(IMessageObserver observer)
    {
        lock (_gate)
        {
            IMessageObserver[] left = [.. (_all ?? []).Where(other => other != observer)];
            _all = left.Length > 0 ? left : null;
        }
    }

    /// <summary>Shows them a message.</summary>
    /// <param name="message">Borrowed, as it was published.</param>
    /// <param name="publisher">The connection id of the publisher.</param>
    /// <param name="isTaken">True where anybody received it.</param>
    public void Show(ref readonly Message message, ulong publisher, bool isTaken)
    {
        foreach (IMessageObserver observer in _all ?? [])
        {
            observer.OnPublished(in message, publisher, isTaken);
        }
    }
}
