namespace NatsKestrel.Broker.Configuration;

/// <summary>Where an import comes from.</summary>
public sealed class ImportSourceOptions
{
    /// <summary>The exporting account.</summary>
    public string Account { get; set; } = "";

    /// <summary>The exported subject, or a part of it.</summary>
    public string Subject { get; set; } = "";
}
