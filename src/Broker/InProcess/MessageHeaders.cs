using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace NatsKestrel.Broker.InProcess;

/// <summary>The headers of a message, in order. Names are case-sensitive, and one name may stand several times.</summary>
/// <remarks>Not for several threads at once.</remarks>
[SuppressMessage("Naming", "CA1710", Justification = "Headers are a collection in everybody's vocabulary.")]
public sealed class MessageHeaders : IReadOnlyCollection<KeyValuePair<string, string>>
{
    // What ends a line, or a name: whoever could put these in could write headers of his own.
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n");
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c != ':')]);

    private readonly List<KeyValuePair<string, string>> _all = [];

    /// <inheritdoc/>
    public int Count => _all.Count;

    /// <summary>Number in the first line, as in <c>NATS/1.0 503</c>; 0 where there is none.</summary>
    public int Status { get; private set; }

    /// <summary>Text behind that number; empty where there is none.</summary>
    public string Description { get; private set; } = "";

    /// <summary>The first value of a name; null where it does not stand here. Setting replaces all values; null removes them.</summary>
    public string? this[string name]
    {
        get => TryGet(name, out string? value) ? value : null;
        set
        {
            _all.RemoveAll(header => header.Key == name);
            if (value is not null)
            {
                Add(name, value);
            }
        }
    }

    /// <summary>Adds a header behind those there are.</summary>
    /// <exception cref="ArgumentException">The name is empty or has other characters than visible ASCII, or a colon; or the value has a line end.</exception>
    public void Add(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        if (name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new ArgumentException("A header's name consists of visible ASCII characters without a colon.", nameof(name));
        }

        if (value.AsSpan().ContainsAny(LineEnds))
        {
            throw new ArgumentException("A header's value has no line end.", nameof(value));
        }

        _all.Add(new(name, value));
    }

    /// <summary>Finds the first value of a name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        foreach (var header in _all)
        {
            if (header.Key == name)
            {
                value = header.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>All values of a name, in order.</summary>
    public IEnumerable<string> GetAll(string name) => _all.Where(header => header.Key == name).Select(header => header.Value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _all.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The header block as it stands on the wire, its empty line included.</summary>
    internal byte[] ToBytes()
    {
        var text = new StringBuilder("NATS/1.0\r\n");
        foreach (var (name, value) in _all)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("\r\n").ToString());
    }

    /// <summary>Reads a header block that somebody sent: what is no header is passed over.</summary>
    internal static MessageHeaders Parse(ReadOnlySpan<byte> block)
    {
        // No more than this is read of what a stranger wrote.
        const int MaxLines = 1024;

        var headers = new MessageHeaders();
        int number = 0;
        foreach (Range range in block.Split("\r\n"u8))
        {
            if (number == MaxLines)
            {
                break;
            }

            string line = Encoding.UTF8.GetString(block[range]);
            if (number++ == 0)
            {
                headers.ReadStatus(line);
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                headers._all.Add(new(line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
            }
        }

        return headers;
    }

    private void ReadStatus(string line)
    {
        ReadOnlySpan<char> rest = line.AsSpan("NATS/1.0".Length <= line.Length ? "NATS/1.0".Length : line.Length).TrimStart(' ');
        int digits = rest.IndexOf(' ');
        ReadOnlySpan<char> code = digits < 0 ? rest : rest[..digits];
        if (int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            Status = status;
            Description = rest[code.Length..].Trim(' ').ToString();
        }
    }
}
