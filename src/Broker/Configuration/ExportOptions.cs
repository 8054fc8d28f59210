namespace NatsKestrel.Broker.Configuration;

/// <summary>What an account lets others import: messages (a stream) or answers to requests (a service).</summary>
public sealed class ExportOptions
{
    /// <summary>Subject whose messages others may receive; this or <see cref="Service"/>.</summary>
    public string Stream { get; set; } = "";

    /// <summary>Subject others may send requests to.</summary>
    public string Service { get; set; } = "";

    /// <summary>Accounts that may import it.</summary>
    /// <value>Default empty: all.</value>
    public List<string> Accounts { get; set; } = [];

    /// <summary>Answers to one request: <c>Singleton</c>, or <c>Stream</c> or <c>Chunked</c> for many, up to an empty one.</summary>
    /// <value>Default empty: <c>Singleton</c>.</value>
    public string ResponseType { get; set; } = "";

    /// <summary>Time without an answer after which none is expected any more.</summary>
    /// <value>Default 0: two minutes.</value>
    public TimeSpan ResponseThreshold { get; set; }

    /// <summary>Number of the token, a wildcard, in which an importer must name its own account; 1 is the first.</summary>
    /// <value>Default 0: none.</value>
    public int AccountTokenPosition { get; set; }

    /// <summary>Measures how long answers take.</summary>
    /// <value>Default null: not measured.</value>
    public LatencyOptions? Latency { get; set; }

    /// <summary>Lets importers trace their messages into this account.</summary>
    /// <value>Default false.</value>
    public bool AllowTrace { get; set; }

    /// <summary>True where importers need an activation token, as an account's JWT may say.</summary>
    internal bool NeedsActivation { get; set; }
}
