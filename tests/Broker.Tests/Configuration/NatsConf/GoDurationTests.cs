using NatsKestrel.Broker.Configuration.NatsConf;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("300ms", 300)]
    [InlineData("1.5s", 1500)]
    [InlineData(".5s", 500)]
    [InlineData("1.s", 1000)]
    [InlineData("2h45m", 9_900_000)]
    [InlineData("1m0.25s", 60_250)]
    [InlineData("-10s", -10_000)]
    [InlineData("+1s", 1000)]
    [InlineData("2000us", 2)]
    [InlineData("2000µs", 2)]
    [InlineData("3000000ns", 3)]
    public void A_duration_is_read(string text, double milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), GoDuration.Parse(text));
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("x", "time: invalid duration \"x\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    [InlineData(".", "time: invalid duration \".\"")]
    [InlineData("5", "time: missing unit in duration \"5\"")]
    [InlineData("5s3", "time: missing unit in duration \"5s3\"")]
    [InlineData("1d", "time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("1h 5m", "time: unknown unit \"h \" in duration \"1h 5m\"")]
    public void What_is_none_is_said_so_in_Gos_words(string text, string problem)
    {
        Assert.Null(GoDuration.Parse(text));
        Assert.Equal(problem, GoDuration.Problem(text));
    }
}
