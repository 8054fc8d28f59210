namespace NatsKestrel.Broker.Protocol;

/// <summary>Writes nkeys: 56 letters and digits for a kind of key, 32 bytes of key, and a checksum.</summary>
/// <remarks>RFC 4648 base32 without padding, of the prefix byte, the key, and its CRC-16/XMODEM with the low byte first.</remarks>
internal static class NkeyText
{
    /// <summary>Makes the text begin with <c>N</c>.</summary>
    private const byte ServerPrefix = 13 << 3;

    /// <summary>Makes the text begin with <c>X</c>.</summary>
    private const byte CurvePrefix = 23 << 3;

    private const int KeyLength = 32;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A new server id. The key behind it signs nothing, so random bytes serve.</summary>
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
