using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration;

public sealed class MemoryLimitsTests
{
    [Fact]
    [Trait("Safety", "MEM-3")]
    public void A_quarter_of_the_memory_may_wait_for_clients()
    {
        var limits = MemoryLimits.Compute(8_000_000_000, new LimitOptions());

        Assert.Equal(2_000_000_000, limits.PendingBytes);
        Assert.Equal(1_800_000_000, limits.RelievedBytes);
    }

    [Fact]
    [Trait("Safety", "MEM-3")]
    public void A_configured_budget_is_taken_as_it_is()
    {
        var limits = MemoryLimits.Compute(8_000_000_000, new LimitOptions { MaxPendingTotal = 5_000_000 });

        Assert.Equal(5_000_000, limits.PendingBytes);
    }

    [Fact]
    [Trait("Safety", "MEM-3")]
    public void One_message_always_has_room()
    {
        var limits = MemoryLimits.Compute(1_000_000, new LimitOptions());

        Assert.Equal(new LimitOptions().MaxPayload, limits.PendingBytes);
    }

    [Fact]
    [Trait("Safety", "MEM-7")]
    public void The_memory_is_what_the_garbage_collector_may_use()
    {
        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, MemoryLimits.Read(new LimitOptions()).AvailableBytes);
    }
}
