using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using NatsKestrel.Broker.Accounts.Authentication;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>A NATS JWT whose signature was checked: claims of an operator, an account or a user.</summary>
/// <remarks>Version 2 alone: three parts in base64url, the signature made with the issuer's nkey over the first two.</remarks>
internal sealed class SignedClaims
{
    private const int MaxLength = 1024 * 1024;

    private SignedClaims(string text, JsonElement root, JsonElement nats)
    {
        Text = text;
        Nats = nats;
        Subject = JsonText.Of(root, "sub");
        Issuer = JsonText.Of(root, "iss");
        Name = JsonText.Of(root, "name");
        Audience = JsonText.Of(root, "aud");
        Type = JsonText.Of(nats, "type");
        IssuedAt = JsonText.Time(root, "iat") ?? DateTimeOffset.UnixEpoch;
        Expires = JsonText.Time(root, "exp");
        NotBefore = JsonText.Time(root, "nbf");
    }

    /// <summary>The JWT itself.</summary>
    public string Text { get; }

    /// <summary>The claims that are NATS' own.</summary>
    public JsonElement Nats { get; }

    public string Subject { get; }

    public string Issuer { get; }

    public string Name { get; }

    public string Audience { get; }

    /// <summary><c>operator</c>, <c>account</c>, <c>user</c>, …</summary>
    public string Type { get; }

    public DateTimeOffset IssuedAt { get; }

    public DateTimeOffset? Expires { get; }

    public DateTimeOffset? NotBefore { get; }

    /// <summary>Reads a JWT of one type.</summary>
    /// <returns>Null where it is none, or was not signed by whom it names as its issuer.</returns>
    public static SignedClaims? TryRead(string text, string type) => TryRead(text, out _) is { } claims && claims.Type == type ? claims : null;

    /// <summary>Reads a JWT.</summary>
    /// <param name="text">The JWT.</param>
    /// <param name="problem">What is wrong with it, as nats-server words it; empty for nothing.</param>
    /// <returns>Null where it is none, or was not signed by whom it names as its issuer.</returns>
    public static SignedClaims? TryRead(string text, out string problem)
    {
        string[] parts = text.Trim().Split('.');
        problem = text.Length > MaxLength || parts.Length != 3 ? "expected 3 chunks" : "";
        if (problem.Length > 0)
        {
            return null;
        }

        try
        {
            JsonElement header = Decode(parts[0]), root = Decode(parts[1]);
            if (!JsonText.Of(header, "alg").Equals("ed25519-nkey", StringComparison.OrdinalIgnoreCase)
                || root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("nats", out JsonElement nats) || nats.ValueKind != JsonValueKind.Object)
            {
                problem = "not a NATS JWT";
                return null;
            }

            var claims = new SignedClaims(text.Trim(), root, nats);
            if (Ed25519.Verify(claims.Issuer, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), parts[2]))
            {
                return claims;
            }

            problem = "claim failed V2 signature verification";
            return null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            problem = "not a NATS JWT";
            return null;
        }
    }

    /// <summary>Takes the JWT out of a file that may have lines around it.</summary>
    public static string Undecorated(string text)
    {
        string? line = text.Split('\n').Select(part => part.Trim()).FirstOrDefault(part => part.StartsWith("eyJ", StringComparison.Ordinal));
        return line ?? text.Trim();
    }

    /// <summary>True while it holds.</summary>
    public bool IsValidAt(DateTimeOffset now) => (Expires is null || now < Expires) && (NotBefore is null || now >= NotBefore);

    private static JsonElement Decode(string part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part.TrimEnd('=')));
        return document.RootElement.Clone();
    }
}
