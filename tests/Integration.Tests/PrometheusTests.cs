using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests;

/// <summary>What Prometheus itself makes of <c>/metrics</c>: Debian's package has both programs, others are named in PROMETHEUS_EXE and PROMTOOL_EXE.</summary>
public sealed class PrometheusTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Promtool_reads_every_line_of_the_metrics()
    {
        string promtool = Find("promtool");
        await using BrokerProcess host = await BrokerProcess.StartHostAsync();
        using var http = new HttpClient();
        string metrics = await http.GetStringAsync(new Uri(host.HttpUri, "/metrics"), Cancel);

        using Process check = Start(promtool, ["check", "metrics"]);
        await check.StandardInput.WriteAsync(metrics);
        check.StandardInput.Close();
        Task<string> errors = check.StandardError.ReadToEndAsync(Cancel), output = check.StandardOutput.ReadToEndAsync(Cancel);
        await check.WaitForExitAsync(Cancel);

        // 3 is for advice alone: the names of prometheus-nats-exporter are not what it advises. 1 is for what cannot be read.
        string said = await errors + await output;
        Assert.True(check.ExitCode is 0 or 3, said);
        Assert.DoesNotContain(" nats_server_", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prometheus_has_the_figures_of_varz()
    {
        string prometheus = Find("prometheus");
        await using BrokerProcess host = await BrokerProcess.StartHostAsync();
        await using RawClient client = await RawClient.ConnectAsync("127.0.0.1", host.ClientUri.Port, Cancel);
        await client.SendAsync("CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPUB a 5\r\nhello\r\nPUB a 5\r\nhello\r\nPING\r\n", Cancel);
        await client.ReadUntilAsync("PONG\r\n", Cancel);
        using var folder = new TemporaryFolder();
        string config = Path.Combine(folder.Path, "prometheus.yml");
        await File.WriteAllTextAsync(config, $$"""
            scrape_configs:
              - job_name: nats
                scrape_interval: 200ms
                scrape_timeout: 200ms
                static_configs: [{ targets: ["{{host.HttpUri.Authority}}"] }]
            """, Cancel);

        int port = FreePort();
        using Process server = Start(prometheus, [$"--config.file={config}", $"--storage.tsdb.path={folder.Path}", $"--web.listen-address=127.0.0.1:{port}"]);
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine(); // or its log would fill the pipe
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            double received = await QueryAsync(http, "sum(nats_server_messages_total{job=\"nats\",direction=\"in\"})", server);
            double connections = await QueryAsync(http, "gnatsd_varz_connections", server);

            JsonElement varz = await host.GetJsonAsync("/varz", Cancel);
            Assert.Equal((2, 1), (received, connections));
            Assert.Equal((varz.GetProperty("in_msgs").GetDouble(), varz.GetProperty("connections").GetDouble()), (received, connections));
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    // Asks until it has been scraped.
    private static async Task<double> QueryAsync(HttpClient http, string query, Process server)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Assert.False(server.HasExited, "Prometheus has ended.");
            try
            {
                JsonElement answer = await http.GetFromJsonAsync<JsonElement>($"/api/v1/query?query={Uri.EscapeDataString(query)}", Cancel);
                JsonElement result = answer.GetProperty("data").GetProperty("result");
                if (result.GetArrayLength() > 0)
                {
                    return double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
                }
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(start) < Patience)
            {
                // It is not up yet.
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"Prometheus knows nothing of {query}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancel);
        }
    }

    private static string Find(string name)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .Prepend(Environment.GetEnvironmentVariable($"{name.ToUpperInvariant()}_EXE") ?? "")
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"There is no {name}: install Debian's package prometheus, or name it in {name.ToUpperInvariant()}_EXE.");
        return found!;
    }

    private static Process Start(string executable, IEnumerable<string> arguments) => Process.Start(
        new ProcessStartInfo(executable, arguments) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("prometheus").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
