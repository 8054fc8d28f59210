using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

[Trait("Safety", "LOG-4")]
public class LogLimiterTests
{
    [Fact]
    public void One_line_a_second_passes_and_says_how_many_it_stands_for()
    {
        var time = new FakeTimeProvider();
        var limiter = new LogLimiter(time);

        Assert.True(limiter.TryPass(out long first));
        Assert.False(limiter.TryPass(out _));
        Assert.False(limiter.TryPass(out _));
        time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(limiter.TryPass(out _));
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(limiter.TryPass(out long second));
        Assert.Equal((1, 4), (first, second));
    }

    [Fact]
    public void Of_many_threads_one_passes_and_none_is_lost_from_the_count()
    {
        var time = new FakeTimeProvider();
        var limiter = new LogLimiter(time);
        int passed = 0;

        Parallel.For(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => Interlocked.Add(ref passed, limiter.TryPass(out long _) ? 1 : 0));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(limiter.TryPass(out long count));
        Assert.Equal((1, 10_000), (passed, count));
    }
}
