namespace NatsKestrel.Broker.Configuration;

/// <summary>How the answers of an exported service are timed.</summary>
public sealed class LatencyOptions
{
    /// <summary>Part of the requests that is timed, in per cent; 0 times those that ask for it by a header.</summary>
    /// <value>Default 100.</value>
    public int Sampling { get; set; } = 100;

    /// <summary>Subject in the exporting account that the figures are published to.</summary>
    public string Subject { get; set; } = "";
}
