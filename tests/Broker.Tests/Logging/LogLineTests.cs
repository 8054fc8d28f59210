using System.Text;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Logging;
using Xunit;

namespace NatsKestrel.Broker.Tests.Logging;

public sealed class LogLineTests
{
    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 11, 25, 8, 6, 49, TimeSpan.Zero).AddTicks(1_234_560);

    [Theory]
    [InlineData(LogLevel.Trace, "TRC")]
    [InlineData(LogLevel.Debug, "DBG")]
    [InlineData(LogLevel.Information, "INF")]
    [InlineData(LogLevel.Warning, "WRN")]
    [InlineData(LogLevel.Error, "ERR")]
    [InlineData(LogLevel.Critical, "FTL")]
    public void A_line_has_process_time_level_and_text(LogLevel level, string label)
    {
        string line = Encoding.UTF8.GetString(new LogLine(withTime: true, inUtc: true, isColoured: false).Format(level, "text", Time));

        Assert.Equal($"[{Environment.ProcessId}] 2026/11/25 08:06:49.123456 [{label}] text\n", line);
    }

    [Fact]
    public void A_terminal_gets_the_level_in_colour()
    {
        string line = Encoding.UTF8.GetString(new LogLine(withTime: false, inUtc: false, isColoured: true).Format(LogLevel.Warning, "text", Time));

        Assert.Equal($"[{Environment.ProcessId}] [\e[0;93mWRN\e[0m] text\n", line);
    }
}
