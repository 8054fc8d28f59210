using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Transport.Tls;

namespace NatsKestrel.Broker.Connections;

/// <summary>What is different for a client that came in by another door than the TCP port. A feature of its connection.</summary>
internal sealed record ClientDoor
{
    /// <summary>The name of the connection's number in the log.</summary>
    public required string LogId { get; init; }

    /// <summary>The host that INFO names; null for that of the TCP port.</summary>
    public string? Host { get; init; }

    /// <summary>The port that INFO names; null for that of the TCP port.</summary>
    public int? Port { get; init; }

    /// <summary>True where the connection is encrypted already: INFO says so, and the client has nothing to do.</summary>
    public bool IsSecure { get; init; }

    /// <summary>How it is, where it was the broker that did it.</summary>
    public TlsSession? Tls { get; init; }

    /// <summary>The version of TLS, as <c>/connz</c> shows it, where it was the application's server that spoke it.</summary>
    public string? TlsVersion { get; init; }

    /// <summary>The cipher suite's IANA name, likewise.</summary>
    public string? TlsCipherSuite { get; init; }

    /// <summary>Time between the server's PINGs; null for that of the TCP port.</summary>
    public TimeSpan? PingInterval { get; init; }

    /// <summary>Time an answer to one of them may take; null where only their number counts.</summary>
    public TimeSpan? PingTimeout { get; init; }

    /// <summary>Time the client has to log in; null for that of the TCP port.</summary>
    public TimeSpan? LoginTimeout { get; init; }

    /// <summary>Credentials that came with the upgrade request; empty for none.</summary>
    public string Jwt { get; init; } = "";

    /// <inheritdoc cref="Jwt"/>
    public string User { get; init; } = "";

    /// <inheritdoc cref="Jwt"/>
    public string Password { get; init; } = "";

    /// <inheritdoc cref="Jwt"/>
    public string Token { get; init; } = "";

    /// <summary>Fills in what CONNECT left empty.</summary>
    public ConnectOptions Complete(ConnectOptions options) => options with
    {
        Jwt = options.Jwt.Length > 0 ? options.Jwt : Jwt,
        User = options.User.Length > 0 ? options.User : User,
        Pass = options.Pass.Length > 0 ? options.Pass : Password,
        AuthToken = options.AuthToken.Length > 0 ? options.AuthToken : Token,
    };

    /// <summary>Never with what it holds.</summary>
    public override string ToString() => LogId;
}
