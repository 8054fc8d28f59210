using System.Buffers;
using System.Globalization;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Reads durations as Go writes them: <c>300ms</c>, <c>1.5s</c>, <c>2h45m</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Name, double Nanoseconds)[] Units =
    [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ];

    /// <summary>The duration, to a tenth of a microsecond; null where the text is none, or does not fit.</summary>
    public static TimeSpan? Parse(string text)
    {
        var rest = text.AsSpan();
        bool isNegative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return TimeSpan.Zero;
        }

        if (rest.IsEmpty)
        {
            return null;
        }

        double nanoseconds = 0;
        while (!rest.IsEmpty)
        {
            if (!TryTakePart(ref rest, ref nanoseconds))
            {
                return null;
            }
        }

        return nanoseconds > long.MaxValue ? null : TimeSpan.FromTicks((long)Math.Round((isNegative ? -nanoseconds : nanoseconds) / 100));
    }

    /// <summary>What Go says of a text that is no duration.</summary>
    public static string Problem(string text)
    {
        var rest = text.AsSpan().TrimStart("+-");
        double ignored = 0;
        while (!rest.IsEmpty && TryTakePart(ref rest, ref ignored))
        {
        }

        int digits = rest.IndexOfAnyExcept(Digits);
        bool hasNumber = rest.ContainsAnyInRange('0', '9') && digits != 0;
        if (hasNumber && digits < 0)
        {
            return $"time: missing unit in duration \"{text}\"";
        }

        if (!hasNumber)
        {
            return $"time: invalid duration \"{text}\"";
        }

        var unit = rest[digits..];
        int length = unit.IndexOfAny(Digits);
        return $"time: unknown unit \"{(length < 0 ? unit : unit[..length])}\" in duration \"{text}\"";
    }

    private static bool TryTakePart(ref ReadOnlySpan<char> rest, ref double nanoseconds)
    {
        int digits = rest.IndexOfAnyExcept(Digits);
        if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        var unit = rest[digits..];
        int length = unit.IndexOfAny(Digits);
        unit = length < 0 ? unit : unit[..length];
        foreach ((string name, double size) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                nanoseconds += number * size;
                rest = rest[(digits + unit.Length)..];
                return true;
            }
        }

        return false;
    }
}
