using System.Buffers;
using System.Globalization;
using System.Text;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Reads one file into its tree of values, by recursive descent: a method for each rule of the grammar.</summary>
/// <remarks>What is accepted, and the wording of what is not, are those of nats-server 2.15.1, odd corners included: a file must mean
/// the same to both.</remarks>
internal ref struct ConfParser
{
    // Maps and arrays inside each other; a stack overflow could not be caught. Real files reach about six.
    private const int MaxDepth = 128;

    private readonly ConfReading _reading;
    private readonly List<ConfEntries> _scopes = [];
    private ConfCursor _cursor;
    private int _depth;

    // The value of such a key stands in no message.
    private bool _isSecret;

    private ConfParser(ReadOnlySpan<byte> bytes, string file, ConfReading reading)
    {
        _cursor = new ConfCursor(bytes, file);
        _reading = reading;
    }

    /// <summary>The pairs of the whole file.</summary>
    /// <exception cref="ConfSyntaxException">It is no configuration.</exception>
    public static ConfEntries Parse(ReadOnlySpan<byte> bytes, string file, ConfReading reading) =>
        new ConfParser(bytes, file, reading).ReadFile();

    private ConfEntries ReadFile()
    {
        var entries = new ConfEntries();
        _scopes.Add(entries);
        while (true)
        {
            // One brace around the whole file makes it JSON; where it closes, it looks like a key.
            while (_cursor.Peek() == '{' || ConfCursor.IsSpace(_cursor.Peek()))
            {
                _cursor.Next();
            }

            if (_cursor.TrySkipComment())
            {
                continue;
            }

            if (_cursor.Peek() == ConfCursor.End)
            {
                return entries;
            }

            if (_cursor.Peek() == '/')
            {
                _cursor.Next();
                throw Error("Unexpected EOF.");
            }

            if (!TryReadPair(entries, isInMap: false))
            {
                return entries;
            }

            EndTopPair();
        }
    }

    // False at the end of the file.
    private bool TryReadPair(ConfEntries entries, bool isInMap)
    {
        var key = ReadKey(isInMap, out bool isInclude);
        if (isInclude)
        {
            Include(entries);
            return true;
        }

        _cursor.SkipSpace();
        if (_cursor.Peek() == ConfCursor.End && !isInMap)
        {
            return key.Text == "}" ? false : throw Invalid();
        }

        if (ConfCursor.IsSeparator(_cursor.Peek()))
        {
            _cursor.Next();
        }

        if (isInMap)
        {
            _cursor.SkipSpace();
            if (_cursor.Peek() == ',')
            {
                _cursor.Next();
                throw Error("Unexpected map value terminator \",\".");
            }

            if (_cursor.Peek() == '}')
            {
                throw Error($"Expected value but found map end, for key '{key.Text}'");
            }
        }

        _isSecret = ConfRedaction.IsSecret(key.Text);
        entries.Set(new ConfEntry(key.Text, key.Position, ReadValue()));
        _isSecret = false;
        return true;
    }

    private ConfText ReadKey(bool isInMap, out bool isInclude)
    {
        isInclude = false;
        int first = _cursor.Peek();
        if (ConfCursor.IsSeparator(first))
        {
            throw Error($"Unexpected key separator '{ConfCursor.Show(first)}'{(isInMap ? "." : "")}");
        }

        if (first is '"' or '\'')
        {
            return ReadQuoted(first);
        }

        var position = _cursor.Position;
        int start = _cursor.Offset;
        do
        {
            _cursor.Next();
        }
        while (_cursor.Peek() is int next && next != ConfCursor.End && !ConfCursor.IsSpace(next) && !ConfCursor.IsSeparator(next));

        string key = _cursor.TextFrom(start);
        isInclude = key.Equals("include", StringComparison.OrdinalIgnoreCase) && ConfCursor.IsSpace(_cursor.Peek());
        return new ConfText(position, key);
    }

    private ConfText ReadQuoted(int quote)
    {
        _cursor.Next();
        var position = _cursor.Position;
        int start = _cursor.Offset;
        while (_cursor.Peek() != quote)
        {
            if (_cursor.Next() == ConfCursor.End)
            {
                throw Error("Unexpected EOF.");
            }
        }

        string text = _cursor.TextFrom(start);
        _cursor.Next();
        return new ConfText(position, text);
    }

    private void EndTopPair()
    {
        while (true)
        {
            if (_cursor.TrySkipComment())
            {
                return;
            }

            int next = _cursor.Next();
            if (next is ConfCursor.End or ';' or ',' or '}' || ConfCursor.IsLineEnd(next))
            {
                return;
            }

            if (!ConfCursor.IsBlank(next) && next != '/')
            {
                throw Error($"Expected a top-level value to end with a new line, comment or EOF, but got '{ConfCursor.Show(next)}' instead.");
            }
        }
    }

    private ConfValue ReadValue()
    {
        _cursor.SkipBlanks();
        var position = _cursor.Position;
        int start = _cursor.Offset;
        int first = _cursor.Peek();
        switch (first)
        {
            case '[':
                return ReadArray();
            case '{':
                return ReadMap();
            case '\'':
                return ReadQuoted('\'');
            case '"':
                return ReadText();
            case '(':
                return ReadBlock();
            case '-':
                _cursor.Next();
                return ReadNumber(position, start, isNegative: true);
            case '.':
                _cursor.Next();
                throw Error("Floats must start with a digit");
        }

        if (ConfCursor.IsDigit(first))
        {
            return ReadNumber(position, start, isNegative: false);
        }

        if (ConfCursor.IsLineEnd(first))
        {
            _cursor.Next();
            throw Error("Expected value but found new line");
        }

        return ReadBareText(position, start);
    }

    private ConfArray ReadArray()
    {
        _cursor.Next();
        var position = _cursor.Position;
        Enter();
        var items = new List<ConfValue>();
        while (true)
        {
            _cursor.SkipSpace();
            if (_cursor.TrySkipComment())
            {
                continue;
            }

            if (_cursor.Peek() == ']')
            {
                break;
            }

            if (_cursor.Peek() is ',' or '/')
            {
                _cursor.Next();
                throw Error("Unexpected array value terminator ','.");
            }

            items.Add(ReadValue());
            if (!TryEnd(']'))
            {
                break;
            }
        }

        _cursor.Next();
        _depth--;
        return new ConfArray(position, items);
    }

    // Leaves the closing bracket or brace alone, and says false.
    private bool TryEnd(char close)
    {
        while (true)
        {
            if (_cursor.TrySkipComment())
            {
                continue;
            }

            if (_cursor.Peek() == close)
            {
                return false;
            }

            int next = _cursor.Next();
            if (next is ',' or '/' || (next == ';' && close == '}') || ConfCursor.IsLineEnd(next))
            {
                return true;
            }

            if (!ConfCursor.IsBlank(next))
            {
                string what = close == '}' ? "a map" : "an array";
                throw Error($"Expected {what} value terminator \",\" or {what} terminator \"{close}\", but got '{ConfCursor.Show(next)}' instead.");
            }
        }
    }

    private ConfMap ReadMap()
    {
        _cursor.Next();
        var position = _cursor.Position;
        Enter();
        var entries = new ConfEntries();
        _scopes.Add(entries);
        while (true)
        {
            _cursor.SkipSpace();
            if (_cursor.TrySkipComment())
            {
                continue;
            }

            int next = _cursor.Peek();
            if (next == '}')
            {
                break;
            }

            if (next == ConfCursor.End)
            {
                throw Error("Unexpected EOF processing map.");
            }

            if (next == ']')
            {
                throw Error("Unexpected array end ']' processing map.");
            }

            if (next == '/')
            {
                _cursor.Next();
            }

            TryReadPair(entries, isInMap: true);
            if (!TryEnd('}'))
            {
                break;
            }
        }

        _cursor.Next();
        _depth--;
        _scopes.RemoveAt(_scopes.Count - 1);
        return new ConfMap(position, entries);
    }

    private ConfText ReadText()
    {
        _cursor.Next();
        var position = _cursor.Position;
        var bytes = new ArrayBufferWriter<byte>();
        while (true)
        {
            int next = _cursor.Peek();
            if (next == ConfCursor.End)
            {
                throw Error("Unexpected EOF.");
            }

            if (next == '"')
            {
                _cursor.Next();
                return new ConfText(position, Decode(bytes));
            }

            CopyOrUnescape(bytes);
        }
    }

    private ConfValue ReadBareText(ConfPosition position, int start)
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(_cursor.BytesFrom(start));
        bool isEscaped = false;
        bool isQuoteEnded = false;
        while (!EndsBareText(_cursor.Peek()))
        {
            if (_cursor.Peek() == '\'')
            {
                _cursor.Next();
                isQuoteEnded = true;
                break;
            }

            isEscaped |= _cursor.Peek() == '\\';
            CopyOrUnescape(bytes);
        }

        string text = Decode(bytes);
        if (isEscaped || isQuoteEnded)
        {
            return new ConfText(position, text);
        }

        if (ParseFlag(text) is { } flag)
        {
            return new ConfFlag(position, flag);
        }

        return text.StartsWith('$') ? Resolve(text[1..], position) : new ConfText(position, text);
    }

    private static bool EndsBareText(int character) => character == ']' || EndsNumber(character);

    private static bool? ParseFlag(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        _ => null,
    };

    private void CopyOrUnescape(ArrayBufferWriter<byte> bytes)
    {
        int start = _cursor.Offset;
        if (_cursor.Next() != '\\')
        {
            bytes.Write(_cursor.BytesFrom(start));
            return;
        }

        int escape = _cursor.Next();
        bytes.Write([escape switch
        {
            't' => (byte)'\t',
            'n' => (byte)'\n',
            'r' => (byte)'\r',
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            'x' => ReadHexByte(),
            _ => throw Error($"Invalid escape character '{ConfCursor.Show(escape)}'. Only the following escape characters are allowed: \\xXX, \\t, \\n, \\r, \\\", \\\\."),
        }]);
    }

    private byte ReadHexByte()
    {
        int start = _cursor.Offset;
        if (ConfCursor.IsLineEnd(_cursor.Next()) || ConfCursor.IsLineEnd(_cursor.Next()))
        {
            throw Error("Expected two hexadecimal digits after '\\x', but hit end of line");
        }

        string digits = _cursor.TextFrom(start);
        return byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) && digits.Length == 2
            ? value
            : throw Error($"Expected two hexadecimal digits after '\\x', but got '{Show(digits)}'");
    }

    // Its closing parenthesis stands alone on its line.
    private ConfText ReadBlock()
    {
        _cursor.Next();
        var position = _cursor.Position;
        int start = _cursor.Offset;
        while (true)
        {
            int next = _cursor.Peek();
            if (next == ConfCursor.End)
            {
                throw Error("Unexpected EOF processing block.");
            }

            if (next == ')' && _cursor.Previous == '\n' && _cursor.PeekSecond() is '\n' or ConfCursor.End)
            {
                string text = _cursor.TextFrom(start);
                _cursor.Next();
                return new ConfText(position, text);
            }

            _cursor.Next();
        }
    }

    private ConfValue ReadNumber(ConfPosition position, int start, bool isNegative)
    {
        if (isNegative && !ConfCursor.IsDigit(_cursor.Peek()))
        {
            int next = _cursor.Next();
            throw Error(next == '.' ? "Floats must start with a digit, not '.'." : $"Expected a digit but got '{ConfCursor.Show(next)}'.");
        }

        SkipDigits();
        switch (_cursor.Peek())
        {
            case '.':
                _cursor.Next();
                return ReadFloatOrAddress(position, start);
            case '-' when !isNegative:
                _cursor.Next();
                return ReadDate(position, start);
            case int suffix when ConfNumber.IsSuffix(suffix):
                return ReadSuffixed(position, start);
            case int end when isNegative || EndsNumber(end):
                return ToInteger(position, _cursor.TextFrom(start));
            default:
                return ContinueAsText(position, start);
        }
    }

    private ConfValue ReadSuffixed(ConfPosition position, int start)
    {
        _cursor.Next();
        while (_cursor.Peek() is 'b' or 'B' or 'i' or 'I')
        {
            _cursor.Next();
        }

        return EndsNumber(_cursor.Peek()) ? ToInteger(position, _cursor.TextFrom(start)) : ContinueAsText(position, start);
    }

    // What starts as a number and is none is text, such as 10s; the character that told is part of it, even a bracket.
    private ConfValue ContinueAsText(ConfPosition position, int start)
    {
        _cursor.Next();
        return ReadBareText(position, start);
    }

    private static bool EndsNumber(int character) =>
        character is ConfCursor.End or ';' or ',' or '}' || ConfCursor.IsLineEnd(character) || ConfCursor.IsBlank(character);

    private ConfValue ReadFloatOrAddress(ConfPosition position, int start)
    {
        int first = _cursor.Next();
        if (!ConfCursor.IsDigit(first))
        {
            throw Error($"Floats must have a digit after the '.', but got '{ConfCursor.Show(first)}' instead.");
        }

        SkipDigits();
        if (_cursor.Peek() != '.')
        {
            string text = _cursor.TextFrom(start);
            return double.TryParse(text, CultureInfo.InvariantCulture, out double number)
                ? new ConfFloat(position, number)
                : throw new ConfSyntaxException($"expected float, but got '{Show(text)}'");
        }

        while (ConfCursor.IsDigit(_cursor.Peek()) || _cursor.Peek() is '.' or ':' or '-')
        {
            _cursor.Next();
        }

        return new ConfText(position, _cursor.TextFrom(start));
    }

    private ConfDate ReadDate(ConfPosition position, int start)
    {
        if (_cursor.Offset - start != 5)
        {
            throw Error("All ISO8601 dates must be in full Zulu form.");
        }

        foreach (char expected in "00-00T00:00:00Z")
        {
            int next = _cursor.Next();
            if (expected == '0' && !ConfCursor.IsDigit(next))
            {
                throw Error($"Expected digit in ISO8601 datetime, but found '{ConfCursor.Show(next)}' instead.");
            }

            if (expected != '0' && next != expected)
            {
                throw Error($"Expected '{expected}' in ISO8601 datetime, but found '{ConfCursor.Show(next)}' instead.");
            }
        }

        string text = _cursor.TextFrom(start);
        return DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
            ? new ConfDate(position, time)
            : throw new ConfSyntaxException($"expected Zulu formatted DateTime, but got '{Show(text)}'");
    }

    private readonly ConfInteger ToInteger(ConfPosition position, string text) => ConfNumber.Parse(text) is { } number
        ? new ConfInteger(position, number)
        : throw new ConfSyntaxException($"integer '{Show(text)}' is out of the range");

    private void SkipDigits()
    {
        while (ConfCursor.IsDigit(_cursor.Peek()))
        {
            _cursor.Next();
        }
    }

    // The innermost key already read, then the environment.
    private readonly ConfValue Resolve(string name, ConfPosition position)
    {
        for (int i = _scopes.Count - 1; i >= 0; i--)
        {
            if (_scopes[i].TryGet(name, out var entry))
            {
                entry.IsVariable = true;
                return entry.Value with { Position = position };
            }
        }

        // A bcrypt hash starts with a dollar sign as well.
        return name.StartsWith("2a$", StringComparison.Ordinal)
            ? new ConfText(position, "$" + name)
            : _reading.ReadVariable(name, Show(name), position);
    }

    private void Include(ConfEntries entries)
    {
        foreach (var entry in _reading.Include(ReadIncludedName(), _cursor.Position))
        {
            entries.Set(entry);
        }
    }

    private string ReadIncludedName()
    {
        _cursor.SkipBlanks();
        int first = _cursor.Peek();
        if (first is '"' or '\'')
        {
            return ReadQuoted(first).Text;
        }

        string? found = first switch
        {
            '[' => "start of an array",
            '{' => "start of a map",
            '(' => "start of a block",
            '\\' => "escape sequence",
            '\n' or '\r' => "new line",
            _ when first == '-' || ConfCursor.IsDigit(first) => "start of a number",
            _ => null,
        };
        if (found is not null)
        {
            _cursor.Next();
            throw Error($"Expected include value but found {found}");
        }

        int start = _cursor.Offset;
        while (_cursor.Peek() is int next && next is not (ConfCursor.End or ';' or '}' or '\'') && !ConfCursor.IsLineEnd(next) && !ConfCursor.IsBlank(next))
        {
            _cursor.Next();
        }

        string name = _cursor.TextFrom(start);
        if (_cursor.Peek() == '\'')
        {
            _cursor.Next();
        }

        return name;
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"More than {MaxDepth} maps and arrays inside each other.");
        }
    }

    private readonly string Show(string text) => _isSecret ? ConfRedaction.Mark : text;

    private readonly ConfSyntaxException Error(string text) => new($"Parse error on line {_cursor.Line}: '{text}'");

    private readonly ConfSyntaxException Invalid() => new($"config is invalid ({_cursor.Position})");

    private static string Decode(ArrayBufferWriter<byte> bytes) => Encoding.UTF8.GetString(bytes.WrittenSpan);
}
