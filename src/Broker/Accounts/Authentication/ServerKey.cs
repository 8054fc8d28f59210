using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>The server's own nkey: signs what it asks of others. Made anew at each start, and only where something has to be signed.</summary>
internal sealed class ServerKey
{
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(NkeyText.KeyLength);

    public ServerKey() => Public = NkeyText.Encode(NkeyText.ServerPrefix, Ed25519.PublicKeyOf(_seed));

    /// <summary>The public half, which is the server's id: <c>N…</c>.</summary>
    public string Public { get; }

    /// <summary>Makes a JWT of claims whose issuer is this server.</summary>
    public string SignJwt(ReadOnlySpan<byte> claims)
    {
        string text = $"{Base64Url.EncodeToString("""{"typ":"JWT","alg":"ed25519-nkey"}"""u8)}.{Base64Url.EncodeToString(claims)}";
        return $"{text}.{Base64Url.EncodeToString(Ed25519.Sign(_seed, Encoding.ASCII.GetBytes(text)))}";
    }
}
