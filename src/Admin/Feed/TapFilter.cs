using System.Text;
using System.Text.Json;

namespace NatsKestrel.Admin.Feed;

/// <summary>Which messages a tap is to show: <c>size&gt;1k header:Trace-Id=4* $.order.id=7</c>; all terms must hold.</summary>
internal sealed class TapFilter
{
    private readonly List<Func<int, bool>> _sizes = [];
    private readonly List<Func<string, bool>> _headers = [];
    private readonly List<Func<JsonElement, bool>> _values = [];

    /// <summary>The terms that mean nothing, for the person who typed them; empty where all is well.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    /// <summary>True where messages must be opened, and not only weighed.</summary>
    public bool LooksInside => _headers.Count > 0 || _values.Count > 0;

    public static TapFilter Parse(string text)
    {
        var problems = new List<string>();
        var filter = new TapFilter { Problems = problems };
        problems.AddRange(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(term => !filter.TryAdd(term)));
        return filter;
    }

    /// <summary>Looks at the size alone, in bytes of headers and payload.</summary>
    public bool MatchesSize(int length) => _sizes.TrueForAll(term => term(length));

    /// <summary>Looks at headers and payload.</summary>
    public bool MatchesInside(ReadOnlySpan<byte> headers, ReadOnlyMemory<byte> payload)
    {
        if (_headers.Count > 0)
        {
            string text = Encoding.UTF8.GetString(headers);
            if (!_headers.TrueForAll(term => term(text)))
            {
                return false;
            }
        }

        if (_values.Count == 0)
        {
            return true;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 32 });
            JsonElement root = document.RootElement;
            return _values.TrueForAll(term => term(root));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool TryAdd(string term)
    {
        if (term.StartsWith("size>", StringComparison.OrdinalIgnoreCase) || term.StartsWith("size<", StringComparison.OrdinalIgnoreCase))
        {
            if (FilterText.Number(term[5..]) is not { } limit)
            {
                return false;
            }

            _sizes.Add(term[4] == '>' ? length => length > limit : length => length < limit);
            return true;
        }

        if (term.StartsWith("header:", StringComparison.OrdinalIgnoreCase) && term.Length > "header:".Length)
        {
            string[] parts = term["header:".Length..].Split('=', 2);
            _headers.Add(text => HasHeader(text, parts[0], parts.ElementAtOrDefault(1)));
            return parts[0].Length > 0;
        }

        return term.StartsWith("$.", StringComparison.Ordinal) && TryAddValue(term[2..]);
    }

    // a.b[0].c, alone or with =value, >number, <number behind it.
    private bool TryAddValue(string term)
    {
        int at = term.AsSpan().IndexOfAny('=', '>', '<');
        string[] path = (at < 0 ? term : term[..at]).Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        string value = at < 0 ? "" : term[(at + 1)..];
        double? limit = at >= 0 && term[at] != '=' ? FilterText.Number(value) : 0;
        if (path.Any(static part => part.Length == 0) || limit is null)
        {
            return false;
        }

        _values.Add(root => Find(root, path) is { } found && (at < 0 || term[at] switch
        {
            '=' => FilterText.IsLike(found.ValueKind == JsonValueKind.String ? found.GetString()! : found.GetRawText(), value),
            '>' => found.ValueKind == JsonValueKind.Number && found.GetDouble() > limit,
            _ => found.ValueKind == JsonValueKind.Number && found.GetDouble() < limit,
        }));
        return true;
    }

    private static JsonElement? Find(JsonElement element, string[] path)
    {
        foreach (string part in path)
        {
            if (element.ValueKind == JsonValueKind.Array && int.TryParse(part, out int index) && index >= 0 && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(part, out element))
            {
                return null;
            }
        }

        return element;
    }

    private static bool HasHeader(string block, string name, string? value)
    {
        foreach (string line in block.Split("\r\n"))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[..colon].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)
                && (value is null || FilterText.IsLike(line[(colon + 1)..].Trim(), value)))
            {
                return true;
            }
        }

        return false;
    }
}
