namespace NatsKestrel.Broker.Configuration;

/// <summary>A subject that is replaced by another in what clients publish.</summary>
public sealed class MappingOptions
{
    /// <summary>The published subject, wildcards included.</summary>
    public string Source { get; set; } = "";

    /// <summary>What it becomes: one of these, drawn by weight.</summary>
    public List<MappingDestinationOptions> Destinations { get; set; } = [];
}
