using System.ComponentModel.DataAnnotations;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Limits of the application's HTTP server: section <c>Nats:Http</c>. They do not concern the NATS port.</summary>
public sealed class HttpOptions
{
    /// <summary>HTTP connections at one time: monitoring, console, and WebSockets until they are upgraded; lowered at start to
    /// an eighth of what the process may open.</summary>
    /// <value>Default 1,024. The framework alone has no limit.</value>
    [Range(1, int.MaxValue)]
    public int MaxConnections { get; set; } = 1024;

    /// <summary>Upgraded connections (WebSockets) at one time; they do not count as <see cref="MaxConnections"/>.</summary>
    /// <value>Default 16,384. The framework alone has no limit.</value>
    [Range(0, int.MaxValue)]
    public int MaxUpgradedConnections { get; set; } = 16_384;

    /// <summary>Longest request line.</summary>
    /// <value>Bytes. Default 8 KiB.</value>
    [Range(256, 1024 * 1024)]
    public int MaxRequestLine { get; set; } = 8 * 1024;

    /// <summary>Size of all headers of a request together.</summary>
    /// <value>Bytes. Default 32 KiB.</value>
    [Range(1024, 1024 * 1024)]
    public int MaxHeaders { get; set; } = 32 * 1024;

    /// <summary>Number of headers of a request.</summary>
    /// <value>Default 100.</value>
    [Range(10, 10_000)]
    public int MaxHeaderCount { get; set; } = 100;

    /// <summary>Largest request body; an endpoint may set its own.</summary>
    /// <value>Bytes. Default 64 KiB. The framework's own default is 30 MB.</value>
    [Range(0, long.MaxValue)]
    public long MaxBody { get; set; } = 64 * 1024;

    /// <summary>Slowest rate at which a body may come or an answer may be taken, after 5 seconds of grace.</summary>
    /// <value>Bytes per second. Default 240.</value>
    [Range(1, 1024 * 1024)]
    public int MinDataRate { get; set; } = 240;

    /// <summary>Time a client has to send the headers of a request.</summary>
    /// <value>Default 5 seconds, as in the reference server.</value>
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time a connection may stay idle between requests.</summary>
    /// <value>Default 60 seconds.</value>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
