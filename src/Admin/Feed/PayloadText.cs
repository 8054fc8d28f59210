using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NatsKestrel.Admin.Feed;

/// <summary>Ways to show the bytes of a payload. None of them lets the bytes do anything.</summary>
internal static class PayloadText
{
    private const int HexWidth = 16;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>True for UTF-8 without control characters other than tabs and line ends; a last character may be cut.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                return false;
            }
        }

        for (int cut = 0; cut < 4 && cut <= bytes.Length; cut++)
        {
            try
            {
                Strict.GetCharCount(bytes[..^cut]);
                return true;
            }
            catch (DecoderFallbackException)
            {
                // A character of several bytes may be cut in two.
            }
        }

        return false;
    }

    /// <summary>For a page: JSON indented, other text as it is with its control characters made visible, anything else as a dump.</summary>
    public static string Shown(byte[] payload) => IsText(payload) ? Shown(Json(payload) ?? Decode(payload)) : HexDump(payload);

    /// <summary>Lines of text with their control characters made visible.</summary>
    public static string Shown(string text) => string.Join('\n', text.Split('\n').Select(static line => Format.Foreign(line.TrimEnd('\r'), 500)));

    /// <summary>One line of it: the first characters of a text, the first bytes of anything else.</summary>
    public static string Preview(byte[] payload, int maxLength) => Format.Foreign(IsText(payload) ? Decode(payload) : Hex(payload, 24), maxLength);

    public static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>The bytes as indented JSON; null where they are none.</summary>
    public static string? Json(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 32 });
            return JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The first bytes, two digits each.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes, int max) =>
        string.Join(' ', Convert.ToHexStringLower(bytes[..Math.Min(max, bytes.Length)]).Chunk(2).Select(pair => new string(pair))) + (bytes.Length > max ? " …" : "");

    /// <summary>All bytes: position, sixteen in hex, and what of them is ASCII.</summary>
    public static string HexDump(ReadOnlySpan<byte> bytes)
    {
        var dump = new StringBuilder();
        for (int start = 0; start < bytes.Length; start += HexWidth)
        {
            ReadOnlySpan<byte> row = bytes[start..Math.Min(start + HexWidth, bytes.Length)];
            dump.Append(CultureInfo.InvariantCulture, $"{start:x4}  ");
            dump.Append(Hex(row, HexWidth).PadRight((HexWidth * 3) + 1));
            foreach (byte b in row)
            {
                dump.Append(b is >= 0x20 and < 0x7f ? (char)b : '.');
            }

            dump.Append('\n');
        }

        return dump.ToString();
    }
}
