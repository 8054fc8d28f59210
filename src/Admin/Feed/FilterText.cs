using System.Globalization;

namespace NatsKestrel.Admin.Feed;

/// <summary>What the filters that people type have in common.</summary>
internal static class FilterText
{
    /// <summary>10, 1.5k, 64M: with the letters of the byte units, for it is mostly bytes; null where it is no number.</summary>
    public static double? Number(string text)
    {
        double factor = text is [.., var unit] ? char.ToUpperInvariant(unit) switch { 'K' => 1024, 'M' => 1024 * 1024, 'G' => 1024 * 1024 * 1024, _ => 1 } : 1;
        string digits = factor > 1 ? text[..^1] : text;
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) ? value * factor : null;
    }

    /// <summary>Upper and lower case are the same.</summary>
    public static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>Stars stand for anything; without one the whole text must be equal. Upper and lower case are the same.</summary>
    public static bool IsLike(string text, string pattern)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return text.Equals(pattern, StringComparison.OrdinalIgnoreCase);
        }

        if (!text.StartsWith(parts[0], StringComparison.OrdinalIgnoreCase)
            || !text.EndsWith(parts[^1], StringComparison.OrdinalIgnoreCase) || text.Length < parts[0].Length + parts[^1].Length)
        {
            return false;
        }

        int from = parts[0].Length;
        foreach (string part in parts[1..^1])
        {
            int found = text.IndexOf(part, from, StringComparison.OrdinalIgnoreCase);
            if (found < 0 || found + part.Length > text.Length - parts[^1].Length)
            {
                return false;
            }

            from = found + part.Length;
        }

        return true;
    }
}
