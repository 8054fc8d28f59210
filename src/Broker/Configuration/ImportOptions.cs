namespace NatsKestrel.Broker.Configuration;

/// <summary>What an account takes from another one, which must export it.</summary>
public sealed class ImportOptions
{
    /// <summary>Messages that are received; this or <see cref="Service"/>.</summary>
    public ImportSourceOptions? Stream { get; set; }

    /// <summary>Requests that are sent there.</summary>
    public ImportSourceOptions? Service { get; set; }

    /// <summary>First tokens that a stream's subjects get here: <c>p</c> makes <c>p.orders.new</c> of <c>orders.new</c>.</summary>
    /// <value>Default empty: none. Not together with <see cref="To"/>.</value>
    public string Prefix { get; set; } = "";

    /// <summary>Subject here; <c>$1</c> stands for the first wildcard of the exported one.</summary>
    /// <value>Default empty: the exported subject.</value>
    public string To { get; set; } = "";

    /// <summary>Tells the service who asks: name, address and user, rather than the account alone.</summary>
    /// <value>Default false.</value>
    public bool Share { get; set; }

    /// <summary>Lets messages of a stream be traced into this account.</summary>
    /// <value>Default false.</value>
    public bool AllowTrace { get; set; }

    /// <summary>True where the exporter has allowed it by an activation token, which is looked at in operator mode.</summary>
    internal bool IsActivated { get; set; }
}
