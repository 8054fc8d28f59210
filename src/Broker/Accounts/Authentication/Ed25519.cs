using System.Buffers.Text;
using System.Text;
using NatsKestrel.Broker.Protocol;
using Signatures = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Signatures made with nkeys.</summary>
internal static class Ed25519
{
    private const int SignatureLength = 64;

    /// <summary>True where the signature of the text is that of the key's owner.</summary>
    /// <param name="nkey">A public nkey of any kind.</param>
    /// <param name="text">What was signed.</param>
    /// <param name="signature">64 bytes in base64: unpadded with the URL alphabet, or padded with the standard one.</param>
    public static bool Verify(string nkey, ReadOnlySpan<byte> text, string signature)
    {
        Span<byte> key = stackalloc byte[NkeyText.KeyLength];
        Span<byte> bytes = stackalloc byte[SignatureLength];
        return NkeyText.TryDecode(nkey, out _, key) && TryDecode(signature, bytes) && Verify(key, text, bytes);
    }

    /// <summary>True where the signature of the text was made with the private half of the key.</summary>
    public static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
        Signatures.Verify(signature.ToArray(), 0, key.ToArray(), 0, text.ToArray(), 0, text.Length);

    /// <summary>The public half of a key.</summary>
    /// <param name="seed">The private half: 32 bytes.</param>
    public static byte[] PublicKeyOf(byte[] seed)
    {
        var key = new byte[NkeyText.KeyLength];
        Signatures.GeneratePublicKey(seed, 0, key, 0);
        return key;
    }

    /// <summary>Signs a text.</summary>
    /// <param name="seed">The private half of the key: 32 bytes.</param>
    /// <param name="text">What is signed.</param>
    public static byte[] Sign(byte[] seed, byte[] text)
    {
        var signature = new byte[SignatureLength];
        Signatures.Sign(seed, 0, text, 0, text.Length, signature, 0);
        return signature;
    }

    // Padded URL alphabet is refused, as by nats-server 2.15.1.
    private static bool TryDecode(string text, Span<byte> bytes)
    {
        if (!text.Contains('='))
        {
            Span<byte> decoded = stackalloc byte[SignatureLength + 2];
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            if (utf8.Length is 86 && Base64Url.IsValid(utf8) && Base64Url.TryDecodeFromUtf8(utf8, decoded, out int written) && written == SignatureLength)
            {
                decoded[..SignatureLength].CopyTo(bytes);
                return true;
            }

            return false;
        }

        return text.Length == 88 && Convert.TryFromBase64String(text, bytes, out int length) && length == SignatureLength;
    }
}
