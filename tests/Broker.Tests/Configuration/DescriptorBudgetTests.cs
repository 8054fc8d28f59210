using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration;

public sealed class DescriptorBudgetTests
{
    [Theory]
    [Trait("Safety", "FD-1")]
    [InlineData(1064, 200, 65536, 128, 100, 572)] // the reserve is at most 128
    [InlineData(464, 200, 65536, 50, 25, 125)] // a quarter of what is free, an eighth for HTTP
    [InlineData(320, 200, 65536, 16, 16, 24)] // at least 16
    [InlineData(312, 200, 65536, 16, 16, 16)] // the fewest that serve anybody
    [InlineData(1_048_576, 200, 65536, 128, 1024, 65536)] // as configured
    [InlineData(1064, 200, 10, 128, 100, 10)]
    [InlineData(1064, 200, 0, 128, 100, 0)]
    [InlineData(long.MaxValue, 200, int.MaxValue, 128, 1024, int.MaxValue)]
    public void Connections_are_what_was_configured_or_what_the_system_leaves(
        long limit, int inUse, int configured, int reserve, int http, int connections)
    {
        var budget = DescriptorBudget.Compute(limit, inUse, configured, 1024);

        Assert.Equal(reserve, budget.Reserve);
        Assert.Equal(http, budget.HttpMaxConnections);
        Assert.Equal(connections, budget.MaxConnections);
        Assert.Equal(connections < configured, budget.IsLowered(configured));
    }

    [Theory]
    [Trait("Safety", "FD-1")]
    [InlineData(311, 200)]
    [InlineData(64, 200)]
    [InlineData(0, 0)]
    public void With_fewer_than_16_left_the_server_refuses_to_start_and_says_what_to_raise(long limit, int inUse)
    {
        var failure = Assert.Throws<ServerStartException>(() => DescriptorBudget.Compute(limit, inUse, 65536, 1024));

        Assert.StartsWith($"Cannot start: of the {limit} files this process may open, {inUse} are open", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void Without_a_known_limit_nothing_is_lowered()
    {
        Assert.Equal(65536, DescriptorBudget.Compute(null, 0, 65536, 1024).MaxConnections);
    }

    [Theory]
    [Trait("Safety", "FD-4")]
    [InlineData(1024, 200)]
    [InlineData(312, 200)]
    [InlineData(1_048_576, 200)]
    public void The_listeners_take_more_than_the_server_admits_and_less_than_the_system_grants(long limit, int inUse)
    {
        var budget = DescriptorBudget.Compute(limit, inUse, 65536, 1024);

        Assert.True(budget.ListenerMaxConnections >= budget.MaxConnections + 8);
        Assert.True(budget.ListenerMaxConnections + budget.HttpMaxConnections + inUse <= limit - 8 - 64);
    }

    [Theory]
    [InlineData("Max open files            1024                 1048576              files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             7                    7                    processes ", null)]
    public void The_limit_is_the_soft_one(string line, long? limit)
    {
        Assert.Equal(limit, DescriptorBudget.ParseLimit(["Limit                     Soft Limit           Hard Limit           Units     ", line]));
    }

    [Fact]
    public void This_process_has_a_budget()
    {
        var budget = DescriptorBudget.Read(new NatsBrokerOptions { Limits = { MaxConnections = 16 } });

        Assert.InRange(budget.MaxConnections, 1, 16);
        Assert.Equal(OperatingSystem.IsLinux(), budget.InUse > 0);
    }
}
