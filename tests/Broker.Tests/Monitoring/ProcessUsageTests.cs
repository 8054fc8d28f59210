using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Monitoring;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class ProcessUsageTests
{
    [Fact]
    public void Processor_use_is_taken_over_a_second_at_least()
    {
        var time = new FakeTimeProvider();
        var used = TimeSpan.Zero;
        var usage = new ProcessUsage(time, () => used);

        used = TimeSpan.FromMilliseconds(900);
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, usage.CpuPercent());

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(90, usage.CpuPercent());

        used += TimeSpan.FromMilliseconds(500);
        Assert.Equal(90, usage.CpuPercent());

        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(16.7, usage.CpuPercent());
    }
}
