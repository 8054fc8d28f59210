namespace NatsKestrel.Broker.Configuration;

/// <summary>A tenant: an entry of <c>Nats:Accounts</c>. Subjects of one account never meet another's, but by import.</summary>
public sealed class AccountOptions
{
    /// <summary>Its name; <c>$G</c> is reserved.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its public nkey (<c>A…</c>), for signed activation of imports.</summary>
    public string Nkey { get; set; } = "";

    /// <summary>Who belongs to it.</summary>
    public List<UserOptions> Users { get; set; } = [];

    /// <summary>What other accounts may import.</summary>
    public List<ExportOptions> Exports { get; set; } = [];

    /// <summary>What it takes from other accounts.</summary>
    public List<ImportOptions> Imports { get; set; } = [];

    /// <summary>Subjects that are replaced in what its clients publish.</summary>
    public List<MappingOptions> Mappings { get; set; } = [];

    /// <summary>What its users without permissions of their own may do.</summary>
    /// <value>Default null: everything.</value>
    public PermissionOptions? DefaultPermissions { get; set; }

    /// <summary>Limits on the account and on each of its connections.</summary>
    public AccountLimitOptions Limits { get; set; } = new();

    /// <summary>Traces messages that carry a sampled W3C <c>traceparent</c>.</summary>
    /// <value>Default null: none.</value>
    public MessageTraceOptions? MessageTrace { get; set; }
}
