namespace NatsKestrel.Broker.Configuration;

/// <summary>The HTTP endpoints <c>/varz</c>, <c>/connz</c> and their like: section <c>Nats:Monitoring</c>.</summary>
/// <remarks>The HTTP port itself belongs to the application: its setting is <c>Urls</c>.</remarks>
public sealed class MonitoringOptions
{
    /// <summary>Path they stand under, for example <c>/nats</c>.</summary>
    /// <value>Default empty: the root, as in the reference server.</value>
    public string BasePath { get; set; } = "";

    /// <summary>Value of <c>Access-Control-Allow-Origin</c>: one origin such as <c>https://ops.example</c>, or <c>*</c>.</summary>
    /// <value>Default empty: the header is not sent, so pages of other origins cannot read it. The reference server sends <c>*</c>.</value>
    public string Cors { get; set; } = "";
}
