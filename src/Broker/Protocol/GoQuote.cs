using System.Globalization;
using System.Text;

namespace NatsKestrel.Broker.Protocol;

/// <summary>Quotes bytes as nats-server does in its error texts and log lines (Go's <c>%q</c>).</summary>
internal static class GoQuote
{
    /// <summary>The bytes between double quotes: quotes, backslashes and what cannot be printed are escaped, other UTF-8 stays.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 2).Append('"');
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out int length) != System.Buffers.OperationStatus.Done)
            {
                // Go escapes an invalid byte alone, whatever the decoder would skip with it.
                text.Append(CultureInfo.InvariantCulture, $"\\x{bytes[0]:x2}");
                bytes = bytes[1..];
                continue;
            }

            Append(text, rune);
            bytes = bytes[length..];
        }

        return text.Append('"').ToString();
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        switch (rune.Value)
        {
            case '"': text.Append("\\\""); break;
            case '\\': text.Append(@"\\"); break;
            case '\a': text.Append(@"\a"); break;
            case '\b': text.Append(@"\b"); break;
            case '\f': text.Append(@"\f"); break;
            case '\n': text.Append(@"\n"); break;
            case '\r': text.Append(@"\r"); break;
            case '\t': text.Append(@"\t"); break;
            case '\v': text.Append(@"\v"); break;
            case < 0x20 or 0x7f: text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"); break;
            default:
                if (IsPrintable(rune))
                {
                    text.Append(rune.ToString());
                }
                else if (rune.Value <= 0xffff)
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
                }
                else
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
                }

                break;
        }
    }

    // Letters, marks, numbers, punctuation and symbols are printable; of the spaces only U+0020 is.
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator);
}
