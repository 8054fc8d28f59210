namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Tells public nkeys from other texts by kind, length and checksum; nothing is done with the key itself.</summary>
internal static class ConfNkey
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int EncodedLength = 56;

    /// <summary>True for a public key that starts with that letter: U(ser), A(ccount), O(perator), X (curve).</summary>
    public static bool IsPublic(string text, char kind)
    {
        if (text.Length != EncodedLength || text[0] != kind)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[EncodedLength * 5 / 8];
        int buffer = 0;
        int bits = 0;
        int count = 0;
        foreach (char c in text)
        {
            int digit = Alphabet.IndexOf(c);
            if (digit < 0)
            {
                return false;
            }

            buffer = ((buffer << 5) | digit) & 0xFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes[count++] = (byte)(buffer >> bits);
            }
        }

        // The kind's letter fills the first five bits, and the checksum is CRC-16/XMODEM, low byte first.
        return (bytes[0] & 0b111) == 0 && Checksum(bytes[..^2]) == (bytes[^2] | (bytes[^1] << 8));
    }

    private static int Checksum(ReadOnlySpan<byte> bytes)
    {
        int checksum = 0;
        foreach (byte b in bytes)
        {
            checksum ^= b << 8;
            for (int i = 0; i < 8; i++)
            {
                checksum = (checksum & 0x8000) != 0 ? (checksum << 1) ^ 0x1021 : checksum << 1;
            }

            checksum &= 0xFFFF;
        }

        return checksum;
    }
}
