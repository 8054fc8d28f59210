using System.Globalization;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Integers with an optional unit: <c>64MB</c> is 64 × 1024², <c>64m</c> is 64 × 1000².</summary>
internal static class ConfNumber
{
    private const string Suffixes = "kmgtpe";

    public static bool IsSuffix(int character) => character < 128 && Suffixes.Contains(char.ToLowerInvariant((char)character));

    /// <summary>The value of digits and unit; null where it does not fit 64 bits.</summary>
    /// <remarks>As in the reference server, what overflows only by its unit wraps around.</remarks>
    public static long? Parse(string text)
    {
        string digits = text.TrimEnd('b', 'B', 'i', 'I');
        bool isBinary = digits.Length < text.Length;
        int power = Suffixes.IndexOf(char.ToLowerInvariant(digits[^1])) + 1;
        if (!long.TryParse(power == 0 ? digits : digits[..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return null;
        }

        for (; power > 0; power--)
        {
            number = unchecked(number * (isBinary ? 1024 : 1000));
        }

        return number;
    }
}
