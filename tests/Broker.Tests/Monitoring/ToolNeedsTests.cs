using System.Text.Json;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

/// <summary>What well-known tools take from the answers: a field they miss or cannot convert breaks them.</summary>
public sealed class ToolNeedsTests
{
    // nats-top decodes these into Go structs: numbers must be JSON numbers without a fraction (but cpu), times RFC 3339.
    [Fact]
    public async Task Nats_top_finds_its_numbers_and_times()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddOpen(1, c => c with { SubscriptionCount = 1, Subscriptions = [FakeSnapshots.Subscription(1, "foo")] });

        var varz = await host.JsonAsync("/varz");
        var connz = await host.JsonAsync("/connz?limit=1024&sort=cid&subs=1");

        Assert.All(["mem", "connections", "slow_consumers", "in_msgs", "out_msgs", "in_bytes", "out_bytes", "max_payload"], key => varz.GetProperty(key).GetInt64());
        varz.GetProperty("cpu").GetDouble();
        Assert.All(["start", "now"], key => varz.GetProperty(key).GetDateTimeOffset());
        Assert.All(["server_id", "version", "uptime"], key => Assert.Equal(JsonValueKind.String, varz.GetProperty(key).ValueKind));
        var connection = connz.GetProperty("connections")[0];
        Assert.All(
            ["cid", "port", "pending_bytes", "in_msgs", "out_msgs", "in_bytes", "out_bytes", "subscriptions"], key => connection.GetProperty(key).GetInt64());
        Assert.All(["start", "last_activity"], key => connection.GetProperty(key).GetDateTimeOffset());
        Assert.All(["ip", "uptime"], key => Assert.Equal(JsonValueKind.String, connection.GetProperty(key).ValueKind));
        Assert.Equal("foo", connection.GetProperty("subscriptions_list")[0].GetString());
    }

    // prometheus-nats-exporter makes a gauge of every number it finds, by its key, and takes server_id as label.
    [Theory]
    [InlineData("/varz", "cpu mem connections total_connections subscriptions slow_consumers in_msgs out_msgs in_bytes out_bytes max_payload cores")]
    [InlineData("/connz", "num_connections total offset limit")]
    [InlineData("/subsz", "num_subscriptions num_cache num_inserts num_removes num_matches cache_hit_rate max_fanout avg_fanout")]
    public async Task Prometheus_exporter_finds_its_gauges(string path, string gauges)
    {
        await using var host = await MonitoringHost.StartAsync();

        var answer = await host.JsonAsync(path);

        Assert.All(gauges.Split(' '), key => Assert.Equal(JsonValueKind.Number, answer.GetProperty(key).ValueKind));
        Assert.NotEmpty(answer.GetProperty("server_id").GetString()!);
    }
}
