using System.Buffers.Text;
using System.Text;
using NatsKestrel.Broker.Protocol;
using NSec.Cryptography;

namespace NatsKestrel.Testing;

/// <summary>An nkey of any kind, and what its owner signs: JWTs as the <c>nsc</c> tool makes them.</summary>
public sealed class TestNkey
{
    private readonly Key _key;

    private TestNkey(byte prefix) => (_key, Seed, Public) = TestNkeys.New(prefix);

    public string Public { get; }

    public string Seed { get; }

    public static TestNkey Operator() => new(NkeyText.OperatorPrefix);

    public static TestNkey Account() => new(NkeyText.AccountPrefix);

    public static TestNkey User() => new(NkeyText.UserPrefix);

    /// <summary>A signature in base64url.</summary>
    public string Sign(string text) => Base64Url.EncodeToString(SignatureAlgorithm.Ed25519.Sign(_key, Encoding.UTF8.GetBytes(text)));

    /// <summary>A JWT with just this payload.</summary>
    public string SignJwt(string payload)
    {
        string text = $"{Part("""{"typ":"JWT","alg":"ed25519-nkey"}""")}.{Part(payload)}";
        return $"{text}.{Sign(text)}";
    }

    /// <summary>A JWT of this issuer.</summary>
    /// <param name="type"><c>operator</c>, <c>account</c>, <c>user</c>, …</param>
    /// <param name="subject">Whom it is about: a public key.</param>
    /// <param name="name">The name in it.</param>
    /// <param name="nats">Further NATS claims, each with a leading comma.</param>
    /// <param name="claims">Further claims, each with a leading comma.</param>
    public string Issue(string type, string subject, string name, string nats = "", string claims = "") => SignJwt(
        $$$"""{"iss":"{{{Public}}}","sub":"{{{subject}}}","jti":"x","name":"{{{name}}}"{{{claims}}},"nats":{"type":"{{{type}}}","version":2{{{nats}}}}}""");

    /// <summary>One part of a JWT.</summary>
    public static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    /// <summary>A credentials file, as clients read it.</summary>
    /// <param name="jwt">The user's JWT.</param>
    public string Credentials(string jwt) => $"""
        -----BEGIN NATS USER JWT-----
        {jwt}
        ------END NATS USER JWT------

        -----BEGIN USER NKEY SEED-----
        {Seed}
        ------END USER NKEY SEED------

        """;
}
