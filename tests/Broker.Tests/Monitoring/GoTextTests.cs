using System.Globalization;
using NatsKestrel.Broker.Monitoring;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class GoTextTests
{
    [Theory]
    [InlineData("-00:00:05", "0s")]
    [InlineData("00:00:00.9", "0s")]
    [InlineData("00:00:07", "7s")]
    [InlineData("00:03:07", "3m7s")]
    [InlineData("02:00:07", "2h0m7s")]
    [InlineData("02:03:07", "2h3m7s")]
    [InlineData("4.02:03:07", "4d2h3m7s")]
    [InlineData("364.23:59:59", "364d23h59m59s")]
    [InlineData("369.02:03:07", "1y4d2h3m7s")]
    public void Uptime_shows_whole_seconds_from_the_largest_unit_on(string span, string text) =>
        Assert.Equal(text, GoText.Uptime(TimeSpan.Parse(span, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(7, "700ns")]
    [InlineData(10, "1µs")]
    [InlineData(5_129, "512µs")]
    [InlineData(9_999, "999µs")]
    [InlineData(10_000, "1ms")]
    [InlineData(12_044, "1.2044ms")]
    [InlineData(15_021_135, "1.5021135s")]
    [InlineData(10_000_000, "1s")]
    public void A_round_trip_below_a_millisecond_shows_whole_microseconds(long ticks, string text) =>
        Assert.Equal(text, GoText.RoundTrip(TimeSpan.FromTicks(ticks)));

    [Theory]
    [InlineData(15, "1.5µs")]
    [InlineData(615_000_000, "1m1.5s")]
    [InlineData(36_025_000_000, "1h0m2.5s")]
    [InlineData(-10_000, "-1ms")]
    public void A_duration_is_written_as_Go_writes_it(long ticks, string text) =>
        Assert.Equal(text, GoText.Duration(TimeSpan.FromTicks(ticks)));
}
