using System.Globalization;

namespace NatsKestrel.Admin.Feed;

/// <summary>A filter as people type it: <c>name:order* pending&gt;1M lang:go acc:ORDERS</c>; all terms must hold.</summary>
internal sealed class ConnectionFilter
{
    private static readonly Dictionary<string, Func<ConnectionRow, string>> Texts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["name"] = static row => row.Connection.Name,
        ["lang"] = static row => row.Connection.Lang,
        ["version"] = static row => row.Connection.Version,
        ["acc"] = static row => row.Account,
        ["user"] = static row => row.Connection.AuthorizedUser,
        ["ip"] = static row => row.Connection.Remote?.Address.ToString() ?? "",
        ["cid"] = static row => row.Id.ToString(CultureInfo.InvariantCulture),
        ["state"] = static row => row.State.ToString(),
        ["type"] = static row => row.Connection.Type,
    };

    private static readonly Dictionary<string, Func<ConnectionRow, double>> Numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pending"] = static row => row.PendingBytes,
        ["subs"] = static row => row.Subscriptions,
        ["in"] = static row => row.InMessages,
        ["out"] = static row => row.OutMessages,
        ["inbytes"] = static row => row.InBytes,
        ["outbytes"] = static row => row.OutBytes,
        ["rtt"] = static row => row.RoundTrip.TotalMilliseconds,
    };

    private readonly List<Func<ConnectionRow, bool>> _terms = [];

    /// <summary>The terms that mean nothing, for the person who typed them; empty where all is well.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    public bool IsEmpty => _terms.Count == 0;

    public static ConnectionFilter Parse(string text)
    {
        var problems = new List<string>();
        var filter = new ConnectionFilter { Problems = problems };
        foreach (string term in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (ParseTerm(term) is { } predicate)
            {
                filter._terms.Add(predicate);
            }
            else
            {
                problems.Add(term);
            }
        }

        return filter;
    }

    public bool Matches(ConnectionRow row)
    {
        foreach (Func<ConnectionRow, bool> term in _terms)
        {
            if (!term(row))
            {
                return false;
            }
        }

        return true;
    }

    private static Func<ConnectionRow, bool>? ParseTerm(string term)
    {
        int at = term.AsSpan().IndexOfAny(':', '>', '<');
        if (at < 0)
        {
            return row => FilterText.Contains(row.Label, term) || FilterText.Contains(Texts["ip"](row), term);
        }

        string key = term[..at], value = term[(at + 1)..];
        if (term[at] == ':')
        {
            return Texts.TryGetValue(key, out Func<ConnectionRow, string>? text) ? row => FilterText.IsLike(text(row), value) : null;
        }

        if (!Numbers.TryGetValue(key, out Func<ConnectionRow, double>? number) || FilterText.Number(value) is not { } limit)
        {
            return null;
        }

        return term[at] == '>' ? row => number(row) > limit : row => number(row) < limit;
    }
}
