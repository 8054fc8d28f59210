using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Escapes strings in JSON exactly as Go does, so that answers can be compared with the reference server's byte by byte.</summary>
/// <remarks>
/// <c>&lt;</c>, <c>&gt;</c> and <c>&amp;</c> become <c>\u003c</c>, <c>\u003e</c>, <c>\u0026</c> (nothing in an answer can become markup), and so do
/// U+2028 and U+2029. All other text stays: the framework's encoders either escape the µ of <c>512µs</c> or leave <c>&lt;</c> alone.
/// </remarks>
internal sealed class GoJsonEncoder : JavaScriptEncoder
{
    public static readonly GoJsonEncoder Instance = new();

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\' or '<' or '>' or '&' or 0x2028 or 0x2029;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var rest = new ReadOnlySpan<char>(text, textLength);
        for (int i = 0; i < rest.Length; i++)
        {
            if (WillEncode(rest[i]))
            {
                return i;
            }

            if (!char.IsSurrogate(rest[i]))
            {
                continue;
            }

            if (!Rune.TryGetRuneAt(rest[i..].ToString(), 0, out _))
            {
                return i;
            }

            i++;
        }

        return -1;
    }

    [SuppressMessage("Design", "CA1062", Justification = "The base class passes a pointer into its own buffer.")]
    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        string text = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => @"\\",
            '\b' => @"\b",
            '\f' => @"\f",
            '\n' => @"\n",
            '\r' => @"\r",
            '\t' => @"\t",
            _ when WillEncode(unicodeScalar) => $"\\u{unicodeScalar:x4}",
            _ => new Rune(unicodeScalar).ToString(),
        };
        bool fits = text.TryCopyTo(new Span<char>(buffer, bufferLength));
        numberOfCharactersWritten = fits ? text.Length : 0;
        return fits;
    }
}
