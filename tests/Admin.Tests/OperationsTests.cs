using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NatsKestrel.Broker;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Admin.Tests;

/// <summary>What Prometheus and orchestrators ask for.</summary>
public sealed partial class OperationsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_metrics_have_OpenTelemetry_names_and_those_of_the_exporter()
    {
        await using var app = await ConsoleApplication.StartAsync();
        await using var client = await app.ConnectAsync("CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPUB a 5\r\nhello\r\n");

        using var response = await app.Http.GetAsync("/metrics", Cancel);
        string[] lines = (await response.Content.ReadAsStringAsync(Cancel)).Split('\n');

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("nats_server_connections{nats_account=\"$G\"} 1", lines);
        Assert.Contains("nats_server_messages_total{nats_account=\"$G\",direction=\"in\"} 1", lines);
        Assert.Contains("nats_server_bytes_total{nats_account=\"$G\",direction=\"out\"} 5", lines);
        foreach (string name in (string[])["cpu", "mem", "connections", "subscriptions", "slow_consumers", "in_msgs", "out_msgs", "in_bytes", "out_bytes"])
        {
            Assert.Contains(lines, line => line.StartsWith($"gnatsd_varz_{name}{{server_id=\"N", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Every_line_of_the_metrics_is_one_that_Prometheus_reads_and_no_metric_is_told_twice()
    {
        await using var app = await ConsoleApplication.StartAsync();
        await app.Http.GetStringAsync("/varz", Cancel);

        string[] lines = (await app.Http.GetStringAsync("/metrics", Cancel)).TrimEnd('\n').Split('\n');

        Assert.All(lines, line => Assert.Matches(Line(), line));
        string[] types = [.. lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];
        Assert.Equal(types.Distinct(), types);
    }

    [Fact]
    public async Task The_Grafana_dashboard_asks_for_metrics_that_there_are()
    {
        await using var app = await ConsoleApplication.StartAsync();
        string[] exposed = [.. (await app.Http.GetStringAsync("/metrics", Cancel)).Split('\n').Select(line => line.Split('{', ' ')[0])];
        using JsonDocument dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "grafana", "natskestrel.json"), Cancel));

        string[] queries = [.. Queries(dashboard.RootElement)];
        string[] asked = [.. queries.SelectMany(query => MetricName().Matches(query)).Select(match => match.Value).Distinct()];

        Assert.True(queries.Length > 10 && asked.Length > 8, $"{queries.Length} queries, {asked.Length} metrics");
        Assert.Empty(asked.Except([.. exposed, "nats_account"])); // which is a label
    }

    [Fact]
    public async Task A_server_that_leaves_is_alive_but_not_ready()
    {
        await using var app = await ConsoleApplication.StartAsync();
        using var readyBefore = await app.Http.GetAsync("/readyz", Cancel);

        await app.Services.GetRequiredService<NatsServer>().EnterLameDuckAsync(Cancel);

        using var ready = await app.Http.GetAsync("/readyz", Cancel);
        using var live = await app.Http.GetAsync("/livez", Cancel);
        var check = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (readyBefore.StatusCode, ready.StatusCode, live.StatusCode));
        Assert.Equal(HealthStatus.Unhealthy, check.Status);
    }

    private static IEnumerable<string> Queries(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name is "expr" or "query" && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : Queries(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Queries),
        _ => [],
    };

    [GeneratedRegex(@"\b(nats|gnatsd)_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("""^(# (TYPE|HELP) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="[^"\\]*",?)+\})? -?[0-9.eE+-]+)$""")]
    private static partial Regex Line();
}
