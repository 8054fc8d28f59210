using System.Net;
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>What a client shows when it logs in.</summary>
public sealed class ClientLogin
{
    private ClientLogin(LoginRequest request)
    {
        User = request.Options.User;
        Password = request.Options.Pass;
        Token = request.Options.AuthToken;
        Jwt = request.Options.Jwt;
        Nkey = request.Options.Nkey;
        Signature = request.Options.Sig;
        Nonce = request.Nonce;
        ClientName = request.Options.Name;
        ConnectionId = request.ConnectionId;
        RemoteEndPoint = request.Remote;
        Certificate = request.Certificate;
        Principal = request.Principal;
    }

    /// <summary>The user name, or empty.</summary>
    public string User { get; }

    /// <summary>The password, or empty.</summary>
    public string Password { get; }

    /// <summary>The token, or empty: the place for API keys and bearer tokens.</summary>
    public string Token { get; }

    /// <summary>The user JWT, or empty.</summary>
    public string Jwt { get; }

    /// <summary>The public nkey, or empty.</summary>
    public string Nkey { get; }

    /// <summary>The signature of <see cref="Nonce"/>, in base64, or empty.</summary>
    public string Signature { get; }

    /// <summary>What the server asked to be signed; null where it did not ask.</summary>
    public string? Nonce { get; }

    /// <summary>The name that the client gave itself; proves nothing.</summary>
    public string ClientName { get; }

    /// <summary>The connection, as <c>/connz</c> numbers it.</summary>
    public ulong ConnectionId { get; }

    /// <summary>Where it comes from; null where there is no network between.</summary>
    public IPEndPoint? RemoteEndPoint { get; }

    /// <summary>The client certificate of its TLS handshake; null without one.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Who it is to the application, where it came in by HTTP; else null.</summary>
    public ClaimsPrincipal? Principal { get; }

    internal static ClientLogin From(LoginRequest request) => new(request);
}
