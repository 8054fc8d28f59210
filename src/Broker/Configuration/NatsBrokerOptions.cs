using System.ComponentModel.DataAnnotations;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Everything that can be set of the broker: section <c>Nats</c>.</summary>
public sealed class NatsBrokerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Nats";

    /// <summary>Address the client port is bound to: an IP address, <c>localhost</c>, or <c>*</c> for every address.</summary>
    /// <value>Default <c>127.0.0.1</c>: nothing outside this machine reaches a broker without credentials.</value>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port of NATS clients; 0 takes a free one, which <see cref="NatsServer.ClientUri"/> then shows.</summary>
    /// <value>Default 4222.</value>
    [Range(0, 65535)]
    public int Port { get; set; } = 4222;

    /// <summary>Name of this server in INFO and monitoring; empty takes the server id. No spaces.</summary>
    public string ServerName { get; set; } = "";

    /// <summary>Limits on what one client may ask of the server.</summary>
    [Required]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>How silent connections are found.</summary>
    [Required]
    public KeepAliveOptions KeepAlive { get; set; } = new();

    /// <summary>What happens to receivers that take their messages too slowly.</summary>
    [Required]
    public SlowConsumerOptions SlowConsumers { get; set; } = new();

    /// <summary>How the server leaves without its clients noticing.</summary>
    [Required]
    public LameDuckOptions LameDuck { get; set; } = new();

    /// <summary>The HTTP endpoints <c>/varz</c>, <c>/connz</c> and their like.</summary>
    [Required]
    public MonitoringOptions Monitoring { get; set; } = new();

    /// <summary>Limits of the application's HTTP server.</summary>
    [Required]
    public HttpOptions Http { get; set; } = new();
}
