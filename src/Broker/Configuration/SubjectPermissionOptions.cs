namespace NatsKestrel.Broker.Configuration;

/// <summary>Subjects, wildcards included, that are allowed and denied; a denial wins.</summary>
public sealed class SubjectPermissionOptions
{
    /// <summary>What is allowed.</summary>
    /// <value>Default empty: everything, as in the reference server.</value>
    public List<string> Allow { get; set; } = [];

    /// <summary>What is not.</summary>
    /// <value>Default empty: nothing.</value>
    public List<string> Deny { get; set; } = [];
}
