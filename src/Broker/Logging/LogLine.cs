using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Logging;

/// <summary>nats-server's line: <c>[PID] 2026/11/25 08:06:49.123456 [INF] text</c>.</summary>
/// <param name="withTime">True for date and time, with microseconds.</param>
/// <param name="inUtc">True for UTC, false for local time.</param>
/// <param name="isColoured">True for a terminal.</param>
internal sealed class LogLine(bool withTime, bool inUtc, bool isColoured)
{
    private static readonly string Process = $"[{Environment.ProcessId}] ";

    public byte[] Format(LogLevel level, string text, DateTimeOffset time)
    {
        var line = new StringBuilder(Process, Process.Length + text.Length + 48);
        if (withTime)
        {
            DateTime shown = inUtc ? time.UtcDateTime : time.LocalDateTime;
            line.Append(CultureInfo.InvariantCulture, $"{shown:yyyy/MM/dd HH:mm:ss.ffffff} ");
        }

        var (label, colour) = Label(level);
        line.Append(isColoured ? $"[\e[{colour}m{label}\e[0m] " : $"[{label}] ").Append(text).Append('\n');
        return Encoding.UTF8.GetBytes(line.ToString());
    }

    private static (string Label, string Colour) Label(LogLevel level) => level switch
    {
        LogLevel.Trace => ("TRC", "33"),
        LogLevel.Debug => ("DBG", "36"),
        LogLevel.Information => ("INF", "32"),
        LogLevel.Warning => ("WRN", "0;93"),
        LogLevel.Error => ("ERR", "31"),
        _ => ("FTL", "31"),
    };
}
