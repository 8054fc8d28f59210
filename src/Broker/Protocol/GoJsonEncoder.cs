using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace NatsKestrel.Broker.Protocol;

/// <summary>Escapes JSON strings exactly as nats-server does (Go's <c>encoding/json</c>).</summary>
/// <remarks>The framework's encoders escape more (quotes, plus signs, emoji) and write hexadecimal digits in upper case.</remarks>
internal sealed unsafe class GoJsonEncoder : JavaScriptEncoder
{
    public static readonly GoJsonEncoder Instance = new();

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => "\\u0000".Length;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => unicodeScalar
        is < 0x20 or '"' or '\\' or '<' or '>' or '&' or 0x2028 or 0x2029 or (>= 0xD800 and <= 0xDFFF);

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var rest = new ReadOnlySpan<char>(text, textLength);
        for (int i = 0; i < rest.Length; i++)
        {
            // A surrogate pair is stopped at needlessly; TryEncodeUnicodeScalar then writes it as it is.
            if (WillEncode(rest[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        string text = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ when WillEncode(unicodeScalar) => string.Create(CultureInfo.InvariantCulture, $"\\u{unicodeScalar:x4}"),
            _ => new Rune(unicodeScalar).ToString(),
        };

        bool fits = text.TryCopyTo(new Span<char>(buffer, bufferLength));
        numberOfCharactersWritten = fits ? text.Length : 0;
        return fits;
    }
}
