using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Callout;

/// <summary>What a service is asked: who wants to log in, with what. Fields stand in the order nats-server 2.15.1 writes them.</summary>
internal sealed record CalloutRequest
{
    public string Aud { get; } = "nats-authorization-request";

    public required long Exp { get; init; }

    public string Jti { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    public required long Iat { get; init; }

    public required string Iss { get; init; }

    public required string Sub { get; init; }

    public required NatsClaims Nats { get; init; }

    /// <summary>The key that the service has to make a user of.</summary>
    [JsonIgnore]
    public string UserNkey => Nats.UserNkey;

    /// <summary>Describes a login.</summary>
    /// <param name="rules">Who is asked.</param>
    /// <param name="login">What the client shows.</param>
    /// <param name="server">Who asks.</param>
    /// <param name="now">The time.</param>
    /// <param name="timeout">How long an answer is of use.</param>
    public static CalloutRequest From(CalloutRules rules, LoginRequest login, Server server, DateTimeOffset now, TimeSpan timeout) => new()
    {
        Exp = (now + timeout).ToUnixTimeSeconds(),
        Iat = now.ToUnixTimeSeconds(),
        Iss = server.Id,
        Sub = rules.Issuer,
        Nats = new NatsClaims
        {
            ServerId = server,
            UserNkey = NkeyText.Encode(NkeyText.UserPrefix, RandomNumberGenerator.GetBytes(NkeyText.KeyLength)),
            ClientInfo = new Client
            {
                Host = login.Remote?.Address.ToString() ?? "",
                Id = login.ConnectionId,
                User = NullIfEmpty(login.Options.User),
                Name = NullIfEmpty(login.Options.Name),
                NameTag = SignedClaims.TryRead(login.Options.Jwt, "user")?.Name,
                Type = login.Way == ConnectionTypes.WebSocket ? "websocket" : "nats",
                Nonce = login.Nonce,
            },
            ConnectOpts = new Connect
            {
                Jwt = NullIfEmpty(login.Options.Jwt),
                Nkey = NullIfEmpty(login.Options.Nkey),
                Sig = NullIfEmpty(login.Options.Sig),
                AuthToken = NullIfEmpty(login.Options.AuthToken),
                User = NullIfEmpty(login.Options.User),
                Pass = NullIfEmpty(login.Options.Pass),
                Name = NullIfEmpty(login.Options.Name),
                Lang = NullIfEmpty(login.Options.Lang),
                Version = NullIfEmpty(login.Options.Version),
                Protocol = login.Options.Protocol,
            },
            ClientTls = login.Certificate is { } certificate ? new ClientCertificate([[certificate.ExportCertificatePem()]]) : null,
        },
    };

    /// <summary>The claims as JSON.</summary>
    public byte[] ToJson() => GoJson.Bytes(this, CalloutJson.Write);

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;

    internal sealed record NatsClaims
    {
        public required Server ServerId { get; init; }

        public required string UserNkey { get; init; }

        public required Client ClientInfo { get; init; }

        public required Connect ConnectOpts { get; init; }

        public ClientCertificate? ClientTls { get; init; }

        public string Type { get; } = "authorization_request";

        public int Version { get; } = 2;
    }

    internal sealed record Server(string Name, string Host, string Id, string Version);

    internal sealed record Client
    {
        public required string Host { get; init; }

        public required ulong Id { get; init; }

        public string? User { get; init; }

        public string? Name { get; init; }

        public string? NameTag { get; init; }

        public string Kind { get; } = "Client";

        public required string Type { get; init; }

        public string? Nonce { get; init; }
    }

    internal sealed record Connect
    {
        public string? Jwt { get; init; }

        public string? Nkey { get; init; }

        public string? Sig { get; init; }

        public string? AuthToken { get; init; }

        public string? User { get; init; }

        public string? Pass { get; init; }

        public string? Name { get; init; }

        public string? Lang { get; init; }

        public string? Version { get; init; }

        public int Protocol { get; init; }
    }

    internal sealed record ClientCertificate(string[][] VerifiedChains);
}

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CalloutRequest))]
internal sealed partial class CalloutJson : JsonSerializerContext
{
    public static void Write(Utf8JsonWriter writer, CalloutRequest request) => Default.CalloutRequestSerializeHandler(writer, request);
}
