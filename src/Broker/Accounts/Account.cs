using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts;

/// <summary>A tenant: the subjects of one account never meet another's.</summary>
internal sealed class Account(string name, SublistLimits limits)
{
    public string Name { get; } = name;

    /// <summary>Who listens to what in this account.</summary>
    public Sublist<Subscription> Sublist { get; } = new(limits);

    /// <summary>Who looks at what is published in this account.</summary>
    public MessageObservers Observers { get; } = new();
}
