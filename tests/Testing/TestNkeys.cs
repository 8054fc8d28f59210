using System.Text;
using NatsKestrel.Broker.Protocol;
using NSec.Cryptography;

namespace NatsKestrel.Testing;

/// <summary>Makes nkeys as the <c>nk</c> tool does: seeds that clients take, and the public keys that go with them.</summary>
public static class TestNkeys
{
    private const byte SeedPrefix = 18 << 3;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A user: <c>SU…</c> and <c>U…</c>.</summary>
    public static (string Seed, string PublicKey) NewUser()
    {
        var (_, seed, publicKey) = New(NkeyText.UserPrefix);
        return (seed, publicKey);
    }

    /// <summary>A key of any kind.</summary>
    /// <param name="prefix">One of the prefixes in <c>NkeyText</c>.</param>
    public static (Key Key, string Seed, string PublicKey) New(byte prefix)
    {
        var key = Key.Create(SignatureAlgorithm.Ed25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
        byte[] secret = key.Export(KeyBlobFormat.RawPrivateKey);
        byte[] raw = [(byte)(SeedPrefix | (prefix >> 5)), (byte)((prefix & 31) << 3), .. secret];
        ushort crc = NkeyText.Crc16(raw);
        return (key, Base32([.. raw, (byte)crc, (byte)(crc >> 8)]), NkeyText.Encode(prefix, key.PublicKey.Export(KeyBlobFormat.RawPublicKey)));
    }

    private static string Base32(byte[] bytes)
    {
        var text = new StringBuilder();
        int bits = 0, buffer = 0;
        foreach (byte value in bytes)
        {
            buffer = ((buffer << 8) | value) & 0xFFFF;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            }
        }

        return (bits > 0 ? text.Append(Alphabet[(buffer << (5 - bits)) & 31]) : text).ToString();
    }
}
