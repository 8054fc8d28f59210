using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace NatsKestrel.Broker.Configuration;

/// <summary>The port of WebSocket clients: section <c>Nats:WebSocket</c>. Opened where the web gateway is added.</summary>
public sealed class NatsWebSocketOptions
{
    /// <summary>Address the port is bound to: an IP address, <c>localhost</c>, or <c>*</c> for every address.</summary>
    /// <value>Default <c>127.0.0.1</c>. The reference server takes <c>0.0.0.0</c>.</value>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port of WebSocket clients; 0 takes a free one, -1 opens none.</summary>
    /// <value>Default 9222.</value>
    [Range(-1, 65535)]
    public int Port { get; set; } = 9222;

    /// <summary>The name by which pages reach this port, <c>host</c> or <c>host:port</c>: shown by <c>/varz</c>, and taken for this server's own
    /// where origins are compared. INFO names <see cref="Host"/> and <see cref="Port"/> all the same, as in the reference server.</summary>
    /// <value>Default empty: none.</value>
    public string Advertise { get; set; } = "";

    /// <summary>True says that the port may speak <c>ws</c>, without TLS; false demands a certificate in <see cref="Tls"/>.</summary>
    /// <value>Default true. The reference server demands one or the other, and so does a nats.conf here.</value>
    public bool NoTls { get; set; } = true;

    /// <summary>Encryption of this port: with a certificate it speaks <c>wss</c>.</summary>
    [Required, ValidateObjectMembers]
    public TlsOptions Tls { get; set; } = new();

    /// <summary>True lets in only pages that came from this very address.</summary>
    /// <value>Default false: see <see cref="AnyOrigin"/>.</value>
    public bool SameOrigin { get; set; }

    /// <summary>Origins of the pages that are let in, each <c>scheme://host</c> or <c>scheme://host:port</c>.</summary>
    /// <value>Default empty: see <see cref="AnyOrigin"/>.</value>
    public List<string> AllowedOrigins { get; set; } = [];

    /// <summary>True lets in every page on the web where neither <see cref="SameOrigin"/> nor <see cref="AllowedOrigins"/> is set, as the reference server does.</summary>
    /// <value>Default false: pages from this very address, and on a loopback port pages from this machine.</value>
    public bool AnyOrigin { get; set; }

    /// <summary>Time a client has to send its upgrade request; 0 for no limit.</summary>
    /// <value>Default 5 seconds. The reference server sets none.</value>
    [TimeRange("00:00:00", "01:00:00")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>True compresses messages for clients that ask for it: less traffic, and much more work.</summary>
    /// <value>Default false, as in the reference server.</value>
    public bool Compression { get; set; }

    /// <summary>Time between the server's PINGs over WebSocket; 0 takes <c>Nats:KeepAlive:PingInterval</c>, as the reference server does.</summary>
    /// <value>Default 30 seconds: proxies cut silent connections after a minute.</value>
    [TimeRange("00:00:00", "1.00:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time a client has to answer a PING before it is closed as stale; 0 leaves it at <c>Nats:KeepAlive:PingMax</c>, as in the reference server.</summary>
    /// <value>Default 15 seconds: a browser that is there answers at once.</value>
    [TimeRange("00:00:00", "1.00:00:00")]
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Headers added to the answer that accepts a client, by name.</summary>
    /// <value>Default empty: none.</value>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>A login for this port alone.</summary>
    [Required, ValidateObjectMembers]
    public WebSocketAuthorizationOptions Authorization { get; set; } = new();

    /// <summary>User that clients of this port are who show no credentials.</summary>
    /// <value>Default empty: <c>Nats:NoAuthUser</c>.</value>
    public string NoAuthUser { get; set; } = "";

    /// <summary>Name of the cookie that holds the user JWT, where CONNECT has none.</summary>
    /// <value>Default empty: none.</value>
    public string JwtCookie { get; set; } = "";

    /// <summary>Name of the cookie that holds the user name, where CONNECT has none.</summary>
    /// <value>Default empty: none.</value>
    public string UserCookie { get; set; } = "";

    /// <summary>Name of the cookie that holds the password, where CONNECT has none.</summary>
    /// <value>Default empty: none.</value>
    public string PassCookie { get; set; } = "";

    /// <summary>Name of the cookie that holds the token, where CONNECT has none.</summary>
    /// <value>Default empty: none.</value>
    public string TokenCookie { get; set; } = "";
}
