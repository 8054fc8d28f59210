using System.Globalization;
using System.Text;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Durations as Go prints them: tools that read the reference server's monitoring parse these texts.</summary>
/// <remarks>Times need no code of ours: the serializer writes a UTC <see cref="DateTime"/> as RFC 3339 with a trimmed fraction.</remarks>
internal static class GoText
{
    private const int DaysInYear = 365;

    /// <summary>Whole seconds, largest unit first, every smaller unit shown: <c>4d2h3m7s</c>. A year has 365 days.</summary>
    public static string Uptime(TimeSpan span)
    {
        // The clock may have been set back since the start; the reference then shows 0s too.
        span = span < TimeSpan.Zero ? TimeSpan.Zero : span;
        int years = span.Days / DaysInYear;
        int days = span.Days % DaysInYear;
        return (years, days, span.Hours, span.Minutes) switch
        {
            ( > 0, _, _, _) => Format($"{years}y{days}d{span.Hours}h{span.Minutes}m{span.Seconds}s"),
            (_, > 0, _, _) => Format($"{days}d{span.Hours}h{span.Minutes}m{span.Seconds}s"),
            (_, _, > 0, _) => Format($"{span.Hours}h{span.Minutes}m{span.Seconds}s"),
            (_, _, _, > 0) => Format($"{span.Minutes}m{span.Seconds}s"),
            _ => Format($"{span.Seconds}s"),
        };
    }

    /// <summary>A round trip: between 1 µs and 1 ms in whole microseconds (<c>512µs</c>), else as <see cref="Duration"/>.</summary>
    public static string RoundTrip(TimeSpan span) =>
        span > TimeSpan.FromMicroseconds(1) && span < TimeSpan.FromMilliseconds(1)
            ? Format($"{span.Ticks / TimeSpan.TicksPerMicrosecond}µs")
            : Duration(span);

    /// <summary>Go's <c>Duration.String()</c>: <c>0s</c>, <c>700ns</c>, <c>1.5µs</c>, <c>1.204442ms</c>, <c>1h0m2.5s</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            return "-" + Duration(span.Negate());
        }

        return span switch
        {
            _ when span == TimeSpan.Zero => "0s",
            _ when span < TimeSpan.FromMicroseconds(1) => Format($"{span.Ticks * TimeSpan.NanosecondsPerTick}ns"),
            _ when span < TimeSpan.FromMilliseconds(1) => Format($"{(decimal)span.Ticks / TimeSpan.TicksPerMicrosecond:0.####}µs"),
            _ when span < TimeSpan.FromSeconds(1) => Format($"{(decimal)span.Ticks / TimeSpan.TicksPerMillisecond:0.####}ms"),
            _ => HoursMinutesSeconds(span),
        };
    }

    private static string HoursMinutesSeconds(TimeSpan span)
    {
        long hours = span.Ticks / TimeSpan.TicksPerHour;
        var text = new StringBuilder();
        if (hours > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        }

        if (hours > 0 || span.Minutes > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{span.Minutes}m");
        }

        decimal seconds = (decimal)(span.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond;
        return text.Append(CultureInfo.InvariantCulture, $"{seconds:0.#######}s").ToString();
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
