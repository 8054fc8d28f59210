using NatsKestrel.Admin.Feed;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(0.99)]
    [InlineData(1)]
    public void A_percentile_is_right_to_an_eighth(double part)
    {
        var random = new Random(7);
        var histogram = new LatencyHistogram();
        double[] times = [.. Enumerable.Range(0, 10_000).Select(_ => Math.Floor(Math.Exp(random.NextDouble() * 17)))];
        foreach (double time in times)
        {
            histogram.Add(TimeSpan.FromMicroseconds(time));
        }

        Array.Sort(times);
        double exact = times[(int)Math.Ceiling(times.Length * part) - 1];

        double found = histogram.Percentile(part).TotalMicroseconds;
        Assert.InRange(found, exact, (exact * 1.125) + 1);
    }

    [Fact]
    public void Nothing_took_no_time_and_an_age_is_the_longest_there_is()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.99));

        histogram.Add(TimeSpan.FromDays(1));
        Assert.InRange(histogram.Percentile(0.99).TotalSeconds, 60, 70);
    }
}
