using System.Net;
using System.Security.Cryptography.X509Certificates;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Connections;

/// <summary>A connection as it was at one moment: what monitoring and console read instead of the live object.</summary>
internal sealed record ConnectionSnapshot
{
    public required ulong Id { get; init; }

    /// <summary>How it came in: <c>nats</c> for raw TCP, <c>websocket</c>.</summary>
    public required string Type { get; init; }

    public required IPEndPoint? Remote { get; init; }
    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset LastActivity { get; init; }

    /// <summary>When it ended; null while it is open.</summary>
    public DateTimeOffset? Stop { get; init; }

    /// <summary>Why it ended; <see cref="CloseReason.None"/> while it is open.</summary>
    public CloseReason Reason { get; init; }

    /// <summary>Round trip of the last server PING, or of the handshake before the first; zero when not measured.</summary>
    public required TimeSpan RoundTrip { get; init; }

    public required long PendingBytes { get; init; }
    public required long InMessages { get; init; }
    public required long InBytes { get; init; }
    public required long OutMessages { get; init; }
    public required long OutBytes { get; init; }

    /// <summary>How often a publisher was held back because of this connection.</summary>
    public required long Stalls { get; init; }

    public required int SubscriptionCount { get; init; }
    public required string Name { get; init; }
    public required string Lang { get; init; }
    public required string Version { get; init; }
    public required string AccountName { get; init; }

    /// <summary><c>1.2</c> or <c>1.3</c>; null without TLS.</summary>
    public string? TlsVersion { get; init; }

    /// <summary>The IANA name of the cipher suite; null without TLS.</summary>
    public string? TlsCipherSuite { get; init; }

    /// <summary>True where the TLS handshake came before INFO.</summary>
    public bool TlsFirst { get; init; }

    /// <summary>The certificate the client showed; null without one.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The user it logged in as; empty without authentication.</summary>
    public string AuthorizedUser { get; init; } = "";

    /// <summary>Who signed the JWT it logged in by; null without one.</summary>
    public string? IssuerKey { get; init; }

    /// <summary>What its user may do, as it is configured; null for everything.</summary>
    public PermissionOptions? Permissions { get; init; }

    /// <summary>When its user has to go; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Filled only when asked for.</summary>
    public IReadOnlyList<SubscriptionSnapshot> Subscriptions { get; init; } = [];
}
