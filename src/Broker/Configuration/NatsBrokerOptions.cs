using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Everything that can be set of the broker: section <c>Nats</c>.</summary>
public sealed class NatsBrokerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Nats";

    /// <summary>Address the client port is bound to: an IP address, <c>localhost</c>, or <c>*</c> for every address.</summary>
    /// <value>Default <c>127.0.0.1</c>: nothing outside this machine reaches a broker without credentials.
    /// The reference server takes <c>0.0.0.0</c>.</value>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port of NATS clients; 0 takes a free one, which <see cref="NatsServer.ClientUri"/> then shows.</summary>
    /// <value>Default 4222, as in the reference server.</value>
    [Range(0, 65535)]
    public int Port { get; set; } = 4222;

    /// <summary>What INFO names as this server's address, <c>host</c> or <c>host:port</c>, where clients come through a proxy or NAT.</summary>
    /// <value>Default empty: INFO names <see cref="Host"/> and <see cref="Port"/>.</value>
    public string ClientAdvertise { get; set; } = "";

    /// <summary>Name of this server in INFO and monitoring. No spaces.</summary>
    /// <value>Default empty: the server id, which is new at every start.</value>
    public string ServerName { get; set; } = "";

    /// <summary>True refuses message headers: INFO says <c>headers:false</c>, and HPUB ends the connection.</summary>
    /// <value>Default false, as in the reference server.</value>
    public bool NoHeaderSupport { get; set; }

    /// <summary>True looks up every published subject anew, instead of keeping recent matches: less memory, more work.</summary>
    /// <value>Default false, as in the reference server.</value>
    public bool DisableSublistCache { get; set; }

    /// <summary>How long a thread that has just had something to do looks for more before it falls asleep (Linux only).</summary>
    /// <remarks>Round trips of request and reply take about half as long with 50 µs (<c>00:00:00.00005</c>), and a busy server up to a processor more.</remarks>
    /// <value>Default 0: it sleeps at once and leaves the processor to others. At most a millisecond.</value>
    [TimeRange("00:00:00", "00:00:00.001")]
    public TimeSpan BusyPoll { get; set; }

    /// <summary>File that the process id is written to at start; it stays at the end, as the reference server's does.</summary>
    /// <value>Default empty: none.</value>
    public string PidFile { get; set; } = "";

    /// <summary>Folder for a file that names the ports the server listens on; it is removed at a normal end.</summary>
    /// <value>Default empty: none.</value>
    public string PortsFileDir { get; set; } = "";

    /// <summary>The log in nats-server's own format.</summary>
    [Required, ValidateObjectMembers]
    public LoggingOptions Logging { get; set; } = new();

    /// <summary>Limits on what one client may ask of the server.</summary>
    [Required, ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>How silent connections are found.</summary>
    [Required, ValidateObjectMembers]
    public KeepAliveOptions KeepAlive { get; set; } = new();

    /// <summary>What happens to receivers that take their messages too slowly.</summary>
    [Required, ValidateObjectMembers]
    public SlowConsumerOptions SlowConsumers { get; set; } = new();

    /// <summary>How the server leaves without its clients noticing.</summary>
    [Required, ValidateObjectMembers]
    public LameDuckOptions LameDuck { get; set; } = new();

    /// <summary>The port of WebSocket clients.</summary>
    [Required, ValidateObjectMembers]
    public NatsWebSocketOptions WebSocket { get; set; } = new();

    /// <summary>Limits on browsers that come by SignalR or HTTP.</summary>
    [Required, ValidateObjectMembers]
    public NatsHubOptions Hub { get; set; } = new();

    /// <summary>The HTTP endpoints <c>/varz</c>, <c>/connz</c> and their like.</summary>
    [Required]
    public MonitoringOptions Monitoring { get; set; } = new();

    /// <summary>Who may use the admin console.</summary>
    [Required, ValidateObjectMembers]
    public ConsoleOptions Console { get; set; } = new();

    /// <summary>Limits of the application's HTTP server.</summary>
    [Required, ValidateObjectMembers]
    public HttpOptions Http { get; set; } = new();

    /// <summary>Who may log in to the global account.</summary>
    [Required, ValidateObjectMembers]
    public AuthorizationOptions Authorization { get; set; } = new();

    /// <summary>User that clients are who show no credentials.</summary>
    /// <value>Default empty: where anybody must log in, everybody must.</value>
    public string NoAuthUser { get; set; } = "";

    /// <summary>Tenants beside the global account <c>$G</c>.</summary>
    public List<AccountOptions> Accounts { get; set; } = [];

    /// <summary>Name of the server's own account, where its events and requests are.</summary>
    /// <value>Default empty: <c>$SYS</c>, or the operator's choice.</value>
    public string SystemAccount { get; set; } = "";

    /// <summary>True for a server without events and requests of its own.</summary>
    /// <value>Default false.</value>
    public bool NoSystemAccount { get; set; }

    /// <summary>Subjects that are replaced in what clients of the global account publish.</summary>
    public List<MappingOptions> Mappings { get; set; } = [];

    /// <summary>JWTs of trusted operators, or files that hold one: operator mode.</summary>
    public List<string> Operators { get; set; } = [];

    /// <summary>Public operator nkeys (<c>O…</c>) that are trusted, in place of <see cref="Operators"/>.</summary>
    public List<string> TrustedKeys { get; set; } = [];

    /// <summary>Where account JWTs come from in operator mode.</summary>
    [Required]
    public ResolverOptions Resolver { get; set; } = new();

    /// <summary>Account JWTs that are known from the start.</summary>
    public List<ResolverPreloadOptions> ResolverPreload { get; set; } = [];

    /// <summary>Encryption of the client port.</summary>
    [Required, ValidateObjectMembers]
    public TlsOptions Tls { get; set; } = new();

    /// <summary>True lets clients in without TLS where TLS is on.</summary>
    /// <value>Default false.</value>
    public bool AllowNonTls { get; set; }
}
