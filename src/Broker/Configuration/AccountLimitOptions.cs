namespace NatsKestrel.Broker.Configuration;

/// <summary>Limits of one account; the stricter of these and the server's counts.</summary>
public sealed class AccountLimitOptions
{
    /// <summary>Client connections of the account at one time.</summary>
    /// <value>Default -1: no limit.</value>
    public int MaxConnections { get; set; } = -1;

    /// <summary>Subscriptions one of its connections may hold.</summary>
    /// <value>Default -1: no limit.</value>
    public int MaxSubscriptions { get; set; } = -1;

    /// <summary>Largest message, in bytes, that its connections may publish.</summary>
    /// <value>Default -1: the server's limit.</value>
    public int MaxPayload { get; set; } = -1;

    /// <summary>Leaf node connections of the account at one time.</summary>
    /// <value>Default -1: no limit.</value>
    public int MaxLeafs { get; set; } = -1;
}
