using System.Text.Json;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class VarzTests
{
    // In the order of nats-server 2.15.1, standalone and without a configuration file; the last one is ours.
    private const string Keys =
        "server_id server_name version proto go host port max_connections ping_interval ping_max http_host http_port http_base_path https_port "
        + "auth_timeout max_control_line max_payload max_pending cluster gateway leaf mqtt websocket jetstream tls_timeout write_deadline start now "
        + "uptime mem cores gomaxprocs cpu connections total_connections routes remotes leafnodes in_msgs in_bytes in_client_msgs in_client_bytes "
        + "out_msgs out_bytes out_client_msgs out_client_bytes slow_consumers stale_connections stalled_clients subscriptions http_req_stats "
        + "config_load_time config_digest feature_flags system_account slow_consumer_stats stale_connection_stats disk_io_wait_stats natskestrel_version";

    [Fact]
    public async Task Fields_are_those_of_the_reference_in_its_order_and_our_own_version()
    {
        await using var host = await MonitoringHost.StartAsync();

        var answer = await host.JsonAsync("/varz");

        Assert.Equal(Keys.Split(' '), answer.EnumerateObject().Select(property => property.Name));
        Assert.Equal(56, answer.GetProperty("server_id").GetString()!.Length);
        Assert.StartsWith("N", answer.GetProperty("server_id").GetString(), StringComparison.Ordinal);
        Assert.Equal(answer.GetProperty("server_id").GetString(), answer.GetProperty("server_name").GetString());
        Assert.Equal("2.15.1", answer.GetProperty("version").GetString());
        Assert.Equal("{}", answer.GetProperty("cluster").GetRawText());
        Assert.Equal("127.0.0.1", answer.GetProperty("http_host").GetString());
        Assert.Equal(host.Port, answer.GetProperty("http_port").GetInt32());
        Assert.True(answer.GetProperty("mem").GetInt64() > 1024 * 1024);
    }

    [Fact]
    public async Task Settings_are_shown_in_the_units_of_the_reference()
    {
        await using var host = await MonitoringHost.StartAsync(options =>
        {
            options.ServerName = "A";
            options.Host = "*";
            options.Port = 4333;
            options.Limits.MaxConnections = 0;
            options.Limits.MaxSubscriptions = 9;
            options.KeepAlive.PingInterval = TimeSpan.FromSeconds(3);
        });

        var answer = await host.JsonAsync("/varz");

        Assert.Equal("A", answer.GetProperty("server_name").GetString());
        Assert.Equal("0.0.0.0", answer.GetProperty("host").GetString());
        Assert.Equal(4333, answer.GetProperty("port").GetInt32());
        Assert.Equal(-1, answer.GetProperty("max_connections").GetInt32());
        Assert.Equal(9, answer.GetProperty("max_subscriptions").GetInt32());
        Assert.Equal(3_000_000_000, answer.GetProperty("ping_interval").GetInt64());
        Assert.Equal(10_000_000_000, answer.GetProperty("write_deadline").GetInt64());
        Assert.Equal("2", answer.GetProperty("auth_timeout").GetRawText());
    }

    [Theory]
    [InlineData("[::1]:4333", "::1", 4333)]
    [InlineData("[::1]", "::1", 4223)]
    [InlineData("nats.example", "nats.example", 4223)]
    public async Task Host_and_port_are_the_advertised_ones(string advertised, string expectedHost, int expectedPort)
    {
        await using var host = await MonitoringHost.StartAsync(options =>
        {
            options.Port = 4223;
            options.ClientAdvertise = advertised;
        });

        var answer = await host.JsonAsync("/varz");

        Assert.Equal(expectedHost, answer.GetProperty("host").GetString());
        Assert.Equal(expectedPort, answer.GetProperty("port").GetInt32());
    }

    [Fact]
    public async Task Counters_come_from_the_registry_and_the_sublists()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.Sums = new ServerTotals(1, 2, 3, 4, 5, 6, 7, 8, 9);
        host.Broker.Sublists["$G"] = new SublistStatistics(10, 0, 0, 0, 0, 0, 0, 0);
        host.Broker.Sublists["$SYS"] = new SublistStatistics(1, 0, 0, 0, 0, 0, 0, 0);
        host.Time.Advance(TimeSpan.FromSeconds(187));

        var answer = await host.JsonAsync("/varz");

        (string Key, long Value)[] expected =
        [
            ("connections", 1), ("total_connections", 2), ("in_msgs", 3), ("in_bytes", 4), ("in_client_msgs", 3), ("in_client_bytes", 4), ("out_msgs", 5),
            ("out_bytes", 6), ("out_client_msgs", 5), ("out_client_bytes", 6), ("slow_consumers", 7), ("stale_connections", 8), ("stalled_clients", 9),
            ("subscriptions", 11),
        ];
        Assert.Equal(expected, expected.Select(pair => (pair.Key, answer.GetProperty(pair.Key).GetInt64())));
        Assert.Equal(7, answer.GetProperty("slow_consumer_stats").GetProperty("clients").GetInt64());
        Assert.Equal(8, answer.GetProperty("stale_connection_stats").GetProperty("clients").GetInt64());
        Assert.Equal("3m7s", answer.GetProperty("uptime").GetString());
    }

    [Fact]
    public async Task Requests_are_counted_by_path_and_only_paths_asked_for_are_shown()
    {
        await using var host = await MonitoringHost.StartAsync(path: "nats/");
        foreach (string path in (string[])["/nats", "/nats/subscriptionsz", "/nats/subsz", "/nats/raftz", "/nats/nope", "/nats/connz", "/nats/varz"])
        {
            await host.GetAsync(path);
        }

        var answer = await host.JsonAsync("/nats/varz");

        Assert.Equal("{\"/\":1,\"/connz\":1,\"/subsz\":2,\"/varz\":2}", JsonSerializer.Serialize(answer.GetProperty("http_req_stats")));
        Assert.Equal("nats/", answer.GetProperty("http_base_path").GetString());
    }
}
