using System.Diagnostics.CodeAnalysis;

namespace NatsKestrel.Broker.Protocol;

/// <summary>Writes and reads nkeys: 56 letters and digits for a kind of key, 32 bytes of key, and a checksum.</summary>
/// <remarks>RFC 4648 base32 without padding, of the prefix byte, the key, and its CRC-16/XMODEM with the low byte first.</remarks>
internal static class NkeyText
{
    /// <summary>Makes the text begin with <c>N</c>.</summary>
    public const byte ServerPrefix = 13 << 3;

    /// <summary>Makes the text begin with <c>X</c>.</summary>
    private const byte CurvePrefix = 23 << 3;

    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = 32;

    /// <summary>Prefix of a user's public key: <c>U…</c>.</summary>
    public const byte UserPrefix = 20 << 3;

    /// <summary>Prefix of an account's public key: <c>A…</c>.</summary>
    public const byte AccountPrefix = 0;

    /// <summary>Prefix of an operator's public key: <c>O…</c>.</summary>
    public const byte OperatorPrefix = 14 << 3;

    private const int TextLength = 56;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A new server id, for a server that signs nothing: then random bytes serve.</summary>
    public static string NewServerId() => Encode(ServerPrefix, RandomBytes());

    /// <summary>A new public curve key, for INFO's <c>xkey</c>; nothing is ever sealed with it.</summary>
    public static string NewCurveKey() => Encode(CurvePrefix, RandomBytes());

    // The runtime's random ids come from the system's generator, as they are. RandomNumberGenerator would load OpenSSL for it, which takes
    // 12 of the 29 ms until the port answers, and 4 of 22 MiB. Each id has six bits that are fixed: those meet random ones of another.
    private static byte[] RandomBytes()
    {
        var bytes = new byte[KeyLength];
        Span<byte> first = stackalloc byte[16], second = stackalloc byte[16];
        for (int half = 0; half < KeyLength; half += first.Length)
        {
            Guid.NewGuid().TryWriteBytes(first);
            Guid.NewGuid().TryWriteBytes(second);
            for (int i = 0; i < first.Length; i++)
            {
                bytes[half + i] = (byte)(first[i] ^ second[(i + 8) % second.Length]);
            }
        }

        return bytes;
    }

    /// <summary>The text of a key of 32 bytes.</summary>
    public static string Encode(byte prefix, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        Span<byte> raw = stackalloc byte[1 + KeyLength + 2];
        raw[0] = prefix;
        key.CopyTo(raw[1..]);
        ushort crc = Crc16(raw[..^2]);
        raw[^2] = (byte)crc;
        raw[^1] = (byte)(crc >> 8);

        // 35 bytes are 56 groups of five bits exactly.
        Span<char> text = stackalloc char[raw.Length * 8 / 5];
        for (int i = 0; i < text.Length; i++)
        {
            int bit = i * 5;
            int pair = (raw[bit / 8] << 8) | (bit / 8 + 1 < raw.Length ? raw[(bit / 8) + 1] : 0);
            text[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
        }

        return new string(text);
    }

    /// <summary>Reads a public nkey.</summary>
    /// <param name="text">56 characters, capitals.</param>
    /// <param name="prefix">What kind of key it is.</param>
    /// <param name="key">Gets its 32 bytes.</param>
    /// <returns>False where length, alphabet or checksum are wrong.</returns>
    public static bool TryDecode([NotNullWhen(true)] string? text, out byte prefix, Span<byte> key)
    {
        prefix = 0;
        if (text?.Length != TextLength)
        {
            return false;
        }

        Span<byte> raw = stackalloc byte[1 + KeyLength + 2];
        int bits = 0, buffer = 0, at = 0;
        foreach (char letter in text)
        {
            int value = Alphabet.IndexOf(letter);
            if (value < 0)
            {
                return false;
            }

            buffer = ((buffer << 5) | value) & 0xFFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                raw[at++] = (byte)(buffer >> bits);
            }
        }

        if (Crc16(raw[..^2]) != (raw[^2] | (raw[^1] << 8)))
        {
            return false;
        }

        prefix = raw[0];
        raw[1..^2].CopyTo(key);
        return true;
    }

    /// <summary>True for the text of a public key of that kind.</summary>
    public static bool IsKey([NotNullWhen(true)] string? text, byte prefix)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        return TryDecode(text, out byte actual, key) && actual == prefix;
    }

    /// <summary>CRC-16/XMODEM: polynomial 0x1021, from zero.</summary>
    public static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        int crc = 0;
        foreach (byte value in bytes)
        {
            crc ^= value << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }
        }

        return (ushort)crc;
    }
}
