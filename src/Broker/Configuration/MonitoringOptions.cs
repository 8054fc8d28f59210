namespace NatsKestrel.Broker.Configuration;

/// <summary>The HTTP endpoints <c>/varz</c>, <c>/connz</c> and their like: section <c>Nats:Monitoring</c>.</summary>
public sealed class MonitoringOptions
{
    /// <summary>Path they stand under, for example <c>/nats</c>; empty for the root.</summary>
    public string BasePath { get; set; } = "";

    /// <summary>Value of <c>Access-Control-Allow-Origin</c>; empty sends none. The reference server sends <c>*</c>.</summary>
    public string Cors { get; set; } = "";
}
