using System.ComponentModel.DataAnnotations;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Encryption of a port: sections <c>Nats:Tls</c> and <c>Nats:WebSocket:Tls</c>. On where <see cref="CertFile"/> is set.</summary>
public sealed class TlsOptions
{
    /// <summary>PEM file of the server's certificate and those that lead to its root.</summary>
    /// <value>Default empty: no TLS.</value>
    public string CertFile { get; set; } = "";

    /// <summary>PEM file of its private key.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>PEM file of the roots that client certificates must lead to.</summary>
    /// <value>Default empty: the system's roots.</value>
    public string CaFile { get; set; } = "";

    /// <summary>True demands a client certificate.</summary>
    /// <value>Default false.</value>
    public bool Verify { get; set; }

    /// <summary>True demands a client certificate and takes the user from it.</summary>
    /// <value>Default false.</value>
    public bool VerifyAndMap { get; set; }

    /// <summary>Time a handshake may take.</summary>
    /// <value>Default 2 seconds, as in the reference server.</value>
    [TimeRange("00:00:00.0010000", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Oldest version taken: <c>1.2</c> or <c>1.3</c>.</summary>
    /// <value>Default empty: <c>1.2</c>.</value>
    public string MinVersion { get; set; } = "";

    /// <summary>Cipher suites by IANA name.</summary>
    /// <value>Default empty: the system's.</value>
    public List<string> CipherSuites { get; set; } = [];

    /// <summary>SHA-256, in hexadecimal, of the public keys that client certificates may have.</summary>
    /// <value>Default empty: any.</value>
    public List<string> PinnedCerts { get; set; } = [];

    /// <summary>Whether the handshake comes before INFO: <c>true</c>, <c>false</c>, <c>auto</c> (50 ms), or a time such as
    /// <c>00:00:00.3</c> that the client's first byte is waited for. WebSocket clients begin with it in any case.</summary>
    /// <value>Default empty: <c>false</c>.</value>
    public string HandshakeFirst { get; set; } = "";

    /// <summary>Handshakes begun in one second at most; those above are refused. A reload may change it.</summary>
    /// <value>Default 0: no limit.</value>
    [Range(0, int.MaxValue)]
    public int ConnectionRateLimit { get; set; }
}
