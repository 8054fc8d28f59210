using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts;

/// <summary>A tenant: the subjects of one account never meet another's.</summary>
internal sealed class Account(string name, SublistLimits limits)
{
    private readonly Lock _observing = new(); // guards changes of _observers

    // Null while nobody looks, so that a publisher pays for it with one look at a field.
    private volatile IMessageObserver[]? _observers;

    public string Name { get; } = name;

    /// <summary>Who listens to what in this account.</summary>
    public Sublist<Subscription> Sublist { get; } = new(limits);

    /// <summary>True while anybody looks at what is published here.</summary>
    public bool IsObserved => _observers is not null;

    /// <summary>Lets an observer see what is published from now on.</summary>
    public void AddObserver(IMessageObserver observer)
    {
        lock (_observing)
        {
            _observers = [.. _observers ?? [], observer];
        }
    }

    /// <summary>Takes an observer away; one message or another may still reach it.</summary>
    public void RemoveObserver(IMessageObserver observer)
    {
        lock (_observing)
        {
            IMessageObserver[] left = [.. (_observers ?? []).Where(other => other != observer)];
            _observers = left.Length > 0 ? left : null;
        }
    }

    /// <summary>Shows a message to all observers.</summary>
    public void Observe(ref readonly Message message, ulong publisher, bool isTaken)
    {
        foreach (IMessageObserver observer in _observers ?? [])
        {
            observer.OnPublished(in message, publisher, isTaken);
        }
    }
}
