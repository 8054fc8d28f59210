using System.Buffers;

namespace NatsKestrel.Broker.Protocol;

/// <summary>Finds and sets headers that concern the server in the header block of a message.</summary>
internal static class HeaderBlock
{
    private const int MaxLines = 1024;

    /// <summary>The value of the first header of that name, in this very letter case; empty where there is none.</summary>
    /// <param name="block">The block.</param>
    /// <param name="line">CR LF, the name, and a colon.</param>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> block, ReadOnlySpan<byte> line)
    {
        int start = block.IndexOf(line);
        if (start < 0)
        {
            return [];
        }

        ReadOnlySpan<byte> value = block[(start + line.Length)..].TrimStart((byte)' ');
        int end = value.IndexOf("\r\n"u8);
        return end < 0 ? [] : value[..end];
    }

    /// <summary>The value of the first header of that name, in any letter case; empty where there is none.</summary>
    /// <param name="block">The block.</param>
    /// <param name="name">Name of the header.</param>
    public static ReadOnlySpan<byte> FindInAnyCase(ReadOnlySpan<byte> block, ReadOnlySpan<byte> name)
    {
        foreach (Range range in block.Split("\r\n"u8))
        {
            ReadOnlySpan<byte> line = block[range];
            if (IsNamed(line, name))
            {
                return line[(line.IndexOf((byte)':') + 1)..].Trim((byte)' ');
            }
        }

        return [];
    }

    /// <summary>A copy of the block in which that header stands once, as the last.</summary>
    /// <param name="block">The block with its empty line; empty for a message without headers.</param>
    /// <param name="name">Name of the header. Whatever had that name before is gone, in any letter case.</param>
    /// <param name="value">Its value.</param>
    public static byte[] Set(ReadOnlySpan<byte> block, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var result = new ArrayBufferWriter<byte>(block.Length + name.Length + value.Length + 32);
        ReadOnlySpan<byte> rest = block;
        int first = rest.IndexOf("\r\n"u8);
        if (first < 0)
        {
            result.Write("NATS/1.0\r\n"u8);
        }
        else
        {
            result.Write(rest[..(first + 2)]);
            CopyOthers(rest[(first + 2)..], name, result);
        }

        result.Write(name);
        result.Write(": "u8);
        result.Write(value);
        result.Write("\r\n\r\n"u8);
        return result.WrittenSpan.ToArray();
    }

    private static void CopyOthers(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> name, ArrayBufferWriter<byte> target)
    {
        for (int i = 0; i < MaxLines; i++)
        {
            int end = lines.IndexOf("\r\n"u8);
            if (end <= 0)
            {
                return;
            }

            ReadOnlySpan<byte> line = lines[..end];
            if (!IsNamed(line, name))
            {
                target.Write(lines[..(end + 2)]);
            }

            lines = lines[(end + 2)..];
        }
    }

    /// <summary>Whether a line has that name, in any letter case.</summary>
    public static bool IsNamed(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        int colon = line.IndexOf((byte)':');
        return colon >= 0 && System.Text.Ascii.EqualsIgnoreCase(line[..colon].Trim((byte)' '), name);
    }
}
