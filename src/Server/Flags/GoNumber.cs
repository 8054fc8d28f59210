using System.Globalization;

namespace NatsKestrel.Server.Flags;

/// <summary>Reads numbers and booleans as Go's strconv does, which the flags go through.</summary>
internal static class GoNumber
{
    /// <summary>True, false, or null for neither.</summary>
    public static bool? ParseBoolean(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    /// <summary>A whole number of 64 bits in decimal digits; <c>0x1f</c>, <c>0o17</c>, <c>017</c> and <c>0b1</c> are numbers too.</summary>
    /// <returns>Null where it is none; <paramref name="problem"/> then says why in Go's words.</returns>
    public static string? ParseInteger(string text, out string problem)
    {
        problem = "parse error";
        bool isNegative = text is ['-', ..];
        string digits = (text is ['-' or '+', ..] ? text[1..] : text).ToLowerInvariant();
        int radix = 10;
        if (digits is ['0', 'x' or 'o' or 'b', _, ..])
        {
            radix = digits[1] switch { 'x' => 16, 'o' => 8, _ => 2 };
            digits = digits[2..];
        }
        else if (digits is ['0', _, ..])
        {
            radix = 8;
            digits = digits[1..];
        }

        digits = digits.Replace("_", "", StringComparison.Ordinal);
        if (digits.Length == 0 || digits.Any(c => Digit(c) is not { } digit || digit >= radix))
        {
            return null;
        }

        Int128 number = 0;
        foreach (char c in digits)
        {
            number = (number * radix) + Digit(c)!.Value;
            if (number > (Int128)long.MaxValue + (isNegative ? 1 : 0))
            {
                problem = "value out of range";
                return null;
            }
        }

        return (isNegative ? -number : number).ToString(CultureInfo.InvariantCulture);
    }

    private static int? Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        _ => null,
    };
}
