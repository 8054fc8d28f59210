using System.Text;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Where the parser stands in the bytes of one file, and what the next characters are.</summary>
/// <remarks>A NUL counts as the end, as in the reference server.</remarks>
internal ref struct ConfCursor(ReadOnlySpan<byte> bytes, string file)
{
    /// <summary>What <see cref="Peek"/> and <see cref="Next"/> give at the end.</summary>
    public const int End = 0;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _lineStart;

    /// <summary>Index of the next byte.</summary>
    public int Offset { get; private set; }

    /// <summary>Line of the next byte, from 1.</summary>
    public int Line { get; private set; } = 1;

    public string File { get; } = file;

    /// <summary>Where the next byte stands.</summary>
    public readonly ConfPosition Position => new(File, Line, Offset - _lineStart);

    public readonly int Peek() => Decode(out _);

    /// <summary>The character after the next one, where the next one is a single byte.</summary>
    public readonly int PeekSecond() => Offset + 1 < _bytes.Length ? _bytes[Offset + 1] : End;

    public readonly int Previous => Offset > 0 ? _bytes[Offset - 1] : End;

    public int Next()
    {
        int character = Decode(out int width);
        if (character == '\n')
        {
            Line++;
            // Columns count the line end before them, which is why they start at 1 below the first line.
            _lineStart = Offset;
        }

        Offset += width;
        return character;
    }

    /// <summary>The text from there to here.</summary>
    public readonly string TextFrom(int start) => Encoding.UTF8.GetString(_bytes[start..Offset]);

    public readonly ReadOnlySpan<byte> BytesFrom(int start) => _bytes[start..Offset];

    public void SkipBlanks()
    {
        while (IsBlank(Peek()))
        {
            Next();
        }
    }

    public void SkipSpace()
    {
        while (IsSpace(Peek()))
        {
            Next();
        }
    }

    /// <summary>Skips a comment that starts here, up to its line end.</summary>
    /// <returns>False where none starts here.</returns>
    public bool TrySkipComment()
    {
        if (Peek() != '#' && !(Peek() == '/' && PeekSecond() == '/'))
        {
            return false;
        }

        while (Peek() is int character && character != End && !IsLineEnd(character))
        {
            Next();
        }

        return true;
    }

    public static bool IsBlank(int character) => character is ' ' or '\t';

    public static bool IsLineEnd(int character) => character is '\n' or '\r';

    public static bool IsSeparator(int character) => character is '=' or ':';

    public static bool IsSpace(int character) => Rune.IsWhiteSpace(new Rune(character));

    public static bool IsDigit(int character) => Rune.IsDigit(new Rune(character));

    /// <summary>The character as messages show it.</summary>
    public static string Show(int character) => character == End ? "EOF" : character == '\n' ? "\\n" : new Rune(character).ToString();

    private readonly int Decode(out int width)
    {
        if (Offset >= _bytes.Length)
        {
            width = 0;
            return End;
        }

        // An invalid byte becomes U+FFFD, one at a time.
        Rune.DecodeFromUtf8(_bytes[Offset..], out var rune, out width);
        if (rune == Rune.ReplacementChar)
        {
            width = _bytes[Offset] == 0xEF && width == 3 ? 3 : 1;
        }

        return rune.Value;
    }
}
