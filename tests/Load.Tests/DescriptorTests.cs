using System.Diagnostics;
using System.Net.Sockets;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>More connections than the process may open descriptors.</summary>
public sealed class DescriptorTests
{
    [Theory]
    [InlineData(384)]
    [InlineData(1024)]
    [Trait("Safety", "F-11")]
    [Trait("Safety", "FD-1")]
    [Trait("Safety", "FD-2")]
    [Trait("Safety", "FD-3")]
    [Trait("Safety", "FD-4")]
    public async Task Twice_as_many_clients_as_descriptors_leave_it_serving_and_monitored(int limit)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await using LoadServer server = await LoadServer.StartWithDescriptorsAsync(limit);
        int idle = server.Descriptors;
        long admitted = await server.VarzAsync("max_connections", cancellationToken);

        var clients = new LoadClient[2 * limit];
        var answers = new string[2 * limit];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }; // few at a time: only so many may be silent
        await Parallel.ForAsync(0, 2 * limit, parallel, async (i, token) =>
        {
            clients[i] = await LoadClient.DialAsync(server.Port, cancellationToken: token);
            answers[i] = await GreetAsync(clients[i], token);
        });
        int served = answers.Count(answer => answer.Contains("PONG", StringComparison.Ordinal));
        int told = answers.Count(answer => answer.Contains("-ERR 'maximum connections exceeded'", StringComparison.Ordinal));
        (bool isHealthy, TimeSpan healthTime) = await AskHealthAsync(server, cancellationToken);
        double cpu = await server.MeasureCpuAsync(TimeSpan.FromSeconds(LoadSize.Pick(5, 2)), cancellationToken);
        int held = server.Descriptors;
        Release(clients);
        TimeSpan recovery = await RecoverAsync(server, cancellationToken);

        Report.Line("F-11", $"ulimit -n {limit}: {idle} descriptors in use idle, {admitted} clients admitted by /varz; {2 * limit} dialled: {served} served, {told} told why not, {answers.Length - served - told} closed without a word");
        Report.Line("F-11", $"ulimit -n {limit}: {held} descriptors while held, CPU {cpu:P1} of a core, /healthz {(isHealthy ? "200" : "failed")} in {healthTime.TotalMilliseconds:F0} ms, new client served {recovery.TotalMilliseconds:F0} ms after the release (bar 2 s, asserted 6 s)");
        server.AssertUnharmed();
        Assert.True(isHealthy);
        Assert.Equal(admitted, served);
        Assert.InRange(held, 0, limit);
        Assert.InRange(cpu, 0, 0.5);
        Assert.InRange(recovery, TimeSpan.Zero, TimeSpan.FromSeconds(6));
    }

    [Fact]
    [Trait("Safety", "F-11")]
    [Trait("Safety", "FD-1")]
    public async Task With_too_few_descriptors_to_serve_anybody_it_does_not_start_and_says_why()
    {
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => LoadServer.StartWithDescriptorsAsync(256));

        Report.Line("F-11", $"ulimit -n 256: refuses to start (the runtime alone takes up to 245)");
        Assert.Contains("Cannot start: of the 256 files", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Exit code 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "F-11")]
    [Trait("Safety", "FD-2")]
    public async Task Twice_as_many_HTTP_connections_as_descriptors_leave_clients_served()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        const int Limit = 512;
        await using LoadServer server = await LoadServer.StartWithDescriptorsAsync(Limit);

        LoadClient[] idle = await Task.WhenAll(Enumerable.Range(0, 2 * Limit).Select(_ => LoadClient.DialAsync(server.HttpPort, cancellationToken: cancellationToken)));
        await Task.Delay(500, cancellationToken);
        double cpu = await server.MeasureCpuAsync(TimeSpan.FromSeconds(LoadSize.Pick(5, 2)), cancellationToken);
        int held = server.HasExited ? 0 : server.Descriptors;
        string answer = "";
        if (!server.HasExited)
        {
            using LoadClient client = await LoadClient.DialAsync(server.Port, cancellationToken: cancellationToken);
            answer = await GreetAsync(client, cancellationToken);
        }

        Report.Line("F-11", $"ulimit -n {Limit}, {2 * Limit} HTTP connections held: {held} descriptors, CPU {cpu:P1} of a core; a NATS client is {(answer.Contains("PONG", StringComparison.Ordinal) ? "served" : $"not served: {answer}")}");
        Release(idle);
        server.AssertUnharmed();
        Assert.Contains("PONG", answer, StringComparison.Ordinal);
        Assert.InRange(held, 0, Limit - 1);
        Assert.InRange(cpu, 0, 0.5);
        await RecoverAsync(server, cancellationToken);
    }

    // What the server says within a few seconds; empty for a connection that it closed without a word.
    private static async Task<string> GreetAsync(LoadClient client, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            await client.SendAsync("CONNECT {\"verbose\":false}\r\nPING\r\n", patience.Token);
            return await client.ReadUntilAsync("PONG\r\n", patience.Token);
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "nothing within 5 s";
        }
    }

    private static async Task<(bool IsHealthy, TimeSpan Time)> AskHealthAsync(LoadServer server, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        long start = Stopwatch.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri($"http://127.0.0.1:{server.HttpPort}/healthz"), cancellationToken);
            return (response.IsSuccessStatusCode, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return (false, Stopwatch.GetElapsedTime(start));
        }
    }

    private static async Task<TimeSpan> RecoverAsync(LoadServer server, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using LoadClient client = await LoadClient.DialAsync(server.Port, cancellationToken: cancellationToken);
            if ((await GreetAsync(client, cancellationToken)).Contains("PONG", StringComparison.Ordinal))
            {
                return Stopwatch.GetElapsedTime(start);
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "Nobody is served any more.");
            await Task.Delay(20, cancellationToken);
        }
    }

    private static void Release(LoadClient[] clients)
    {
        foreach (LoadClient client in clients)
        {
            client.Dispose();
        }
    }
}
