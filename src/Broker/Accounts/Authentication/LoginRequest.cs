using System.Net;
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>What a client shows, and how it came here.</summary>
internal sealed record LoginRequest
{
    /// <summary>Its CONNECT, secrets included: not to be kept.</summary>
    public required ConnectOptions Options { get; init; }

    /// <summary>What an nkey login must have signed; null where it has been used.</summary>
    public string? Nonce { get; init; }

    /// <summary>The way it came in by: one flag.</summary>
    public required ConnectionTypes Way { get; init; }

    public required ulong ConnectionId { get; init; }

    public IPEndPoint? Remote { get; init; }

    /// <summary>The certificate it showed in the TLS handshake, which was checked.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Who it is to the application, where it came in by HTTP.</summary>
    public ClaimsPrincipal? Principal { get; init; }

    /// <summary>True where it shows neither name, password nor token.</summary>
    public bool IsAnonymous => Options.User.Length == 0 && Options.Pass.Length == 0 && Options.AuthToken.Length == 0;
}
