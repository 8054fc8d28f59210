using System.Globalization;
using System.Text;

namespace NatsKestrel.Admin;

/// <summary>Numbers, times and strangers' texts as the console shows them.</summary>
internal static class Format
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];
    private static readonly string[] CountUnits = ["", " k", " M", " G"];

    /// <summary>With thousands separated: <c>12,345</c>.</summary>
    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Three digits and a unit: <c>12.3 k</c>; whole numbers below ten thousand.</summary>
    public static string Short(double value)
    {
        if (Math.Abs(value) < 10_000)
        {
            return value is > 0 and < 10 && value != Math.Floor(value) ? value.ToString("0.0", CultureInfo.InvariantCulture) : Count(value);
        }

        int unit = 0;
        while (Math.Abs(value) >= 1000 && unit < CountUnits.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) + CountUnits[unit];
    }

    /// <summary>Three digits and a unit: <c>52.7 MiB</c>.</summary>
    public static string Bytes(double value)
    {
        int unit = 0;
        while (Math.Abs(value) >= 1024 && unit < ByteUnits.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        string format = unit == 0 || value >= 100 ? "0" : "0.0";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {ByteUnits[unit]}";
    }

    /// <summary>All digits, for where somebody wants to know exactly: <c>55,260,512 B</c>.</summary>
    public static string ExactBytes(double value) => Count(value) + " B";

    /// <summary>The two largest units: <c>3d 4h</c>, <c>12m 5s</c>, <c>4s</c>.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => $"{(int)span.TotalDays}d {span.Hours}h",
        { TotalHours: >= 1 } => $"{span.Hours}h {span.Minutes}m",
        { TotalMinutes: >= 1 } => $"{span.Minutes}m {span.Seconds}s",
        _ => $"{Math.Max((int)span.TotalSeconds, 0)}s",
    };

    /// <summary>A round trip: <c>512 µs</c>, <c>1.2 ms</c>; a dash where none was measured.</summary>
    public static string RoundTrip(TimeSpan span) => span switch
    {
        { Ticks: <= 0 } => "–",
        { TotalMilliseconds: < 1 } => $"{span.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture)} µs",
        { TotalSeconds: < 1 } => $"{span.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)} ms",
        _ => $"{span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
    };

    /// <summary>A time of day in UTC: <c>14:05:09</c>.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Date and time in UTC, to the second, as everybody sorts them.</summary>
    public static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Percent(double part, double whole) =>
        whole <= 0 ? "0 %" : (part / whole * 100).ToString("0", CultureInfo.InvariantCulture) + " %";

    /// <summary>
    /// A stranger's text, so that it can only be read: shortened, control characters as pictures of them, and the characters
    /// that turn the direction of what follows as such a picture too.
    /// </summary>
    public static string Foreign(string text, int maxLength = 256)
    {
        int bad = text.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (bad < 0 && text.Length <= maxLength)
        {
            return text;
        }

        var shown = new StringBuilder(Math.Min(text.Length, maxLength) + 1);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, maxLength)))
        {
            shown.Append(Visible(c));
        }

        return text.Length > maxLength ? shown.Append('…').ToString() : shown.ToString();
    }

    private static char Visible(char c) => c switch
    {
        < ' ' => (char)('\u2400' + c),
        '\u007f' => '\u2421',
        _ when char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => '\ufffd',
        _ => c,
    };
}
