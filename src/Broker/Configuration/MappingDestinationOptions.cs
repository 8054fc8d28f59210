namespace NatsKestrel.Broker.Configuration;

/// <summary>One subject that a mapped subject may become.</summary>
public sealed class MappingDestinationOptions
{
    /// <summary>The subject; may hold <c>$1</c>, <c>{{wildcard(1)}}</c>, <c>{{partition(8,1)}}</c>, <c>{{split(1,-)}}</c> and their like.</summary>
    public string Destination { get; set; } = "";

    /// <summary>Part of the messages, in per cent; together 100 at most, the rest keeps its subject.</summary>
    /// <value>Default 100.</value>
    public int Weight { get; set; } = 100;

    /// <summary>Cluster in which alone it counts.</summary>
    /// <value>Default empty: everywhere.</value>
    public string Cluster { get; set; } = "";
}
