using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>Subscribers that do not read, beside many that behave.</summary>
public sealed class SlowConsumerTests
{
    private const int Pairs = 100;

    /// <summary>What cuts the subscribers that do not read, and the settings that make it so.</summary>
    public static TheoryData<string, bool, string[]> Causes => new()
    {
        { "budget for all", true, [$"--Nats:Limits:MaxPendingTotal={LoadSize.Pick(256, 64) * 1024 * 1024}"] },
        { "pending bytes", true, ["--Nats:Limits:MaxPending=1048576"] },
        { "write deadline", false, [$"--Nats:SlowConsumers:WriteDeadline=00:00:{LoadSize.Pick(10, 2):D2}"] },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    [Trait("Safety", "F-2")]
    [Trait("Safety", "MEM-2")]
    [Trait("Safety", "MEM-3")]
    [Trait("Safety", "MEM-5")]
    [Trait("Safety", "SLOW-1")]
    [Trait("Safety", "SLOW-2")]
    public async Task Subscribers_that_do_not_read_are_all_cut_and_counted_once_while_others_lose_nothing(string cause, bool isFlood, string[] settings)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        int count = LoadSize.Pick(1000, 100);
        await using LoadServer server = await LoadServer.StartAsync(settings);
        using HealthyPairs pairs = await HealthyPairs.ConnectAsync(Pairs, server.Port, cancellationToken);
        LoadClient[] silent = await LoadClient.ConnectManyAsync(count, server.Port, _ => "SUB flood 1\r\n", 4096, cancellationToken);
        using LoadClient publisher = await LoadClient.ConnectAsync(server.Port, cancellationToken: cancellationToken);
        long before = server.Resident;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        Task healthy = pairs.RunAsync(stop.Token);
        long start = Stopwatch.GetTimestamp();
        Task<long> flood = isFlood
            ? Flood.RunAsync(publisher, "flood", 128, stop.Token)
            : TrickleAsync(publisher, stop.Token);
        await server.WaitForVarzAsync(varz => varz.GetProperty("connections").GetInt64() == (2 * Pairs) + 1, TimeSpan.FromSeconds(60), cancellationToken);
        TimeSpan cut = Stopwatch.GetElapsedTime(start);
        await stop.CancelAsync();
        long sent = await flood;
        await healthy;

        JsonElement varz = await server.GetAsync("/varz", cancellationToken);
        long counted = varz.GetProperty("slow_consumers").GetInt64();
        long countedClients = varz.GetProperty("slow_consumer_stats").GetProperty("clients").GetInt64();
        string[] reasons = await ReasonsAsync(server, count, cancellationToken);
        long budget = LoadSize.Pick(256, 64) * 1024L * 1024;
        Report.Line("F-2", $"[{cause}] {count} subscribers that do not read, all cut after {cut.TotalSeconds:F2} s (bar 12 s, asserted 36 s); {sent} messages published meanwhile");
        Report.Line("F-2", $"[{cause}] peak RSS {Report.Mebibytes(server.PeakResident)}, {Report.Mebibytes(server.PeakResident - before)} above idle");
        Report.Line("F-2", $"[{cause}] {Pairs} healthy pairs: {pairs.Sent} sent, {pairs.Sent - pairs.Received} lost, {pairs.OutOfOrder} out of order (bar 0); {pairs.Latencies}");
        Report.Line("F-2", $"[{cause}] /varz slow_consumers {counted} (bar {count}); closed because: {string.Join(", ", reasons.CountBy(reason => reason).Select(group => $"{group.Value} x {group.Key}"))}");
        Assert.Equal(pairs.Sent, pairs.Received);
        Assert.Equal(0, pairs.OutOfOrder);
        Assert.Equal(count, counted);
        Assert.Equal(count, countedClients);
        Assert.Equal(count, reasons.Length);
        Assert.All(reasons, reason => Assert.StartsWith("Slow Consumer (", reason, StringComparison.Ordinal));
        Assert.InRange(cut, TimeSpan.Zero, TimeSpan.FromSeconds(36));
        if (cause == "budget for all")
        {
            // Besides the queues there is what the collector has not yet collected, and what a flood makes it compile.
            Assert.InRange(server.PeakResident - before, 0, budget + (budget / 4) + (128 * 1024 * 1024));
        }

        server.AssertUnharmed();
        Close(silent);
        await SeeMemoryFallAsync(server, cause, before, cancellationToken);
    }

    // Slow enough that nobody reaches a limit: the deadline alone cuts.
    private static async Task<long> TrickleAsync(LoadClient publisher, CancellationToken stop)
    {
        byte[] message = System.Text.Encoding.Latin1.GetBytes($"PUB flood 8192\r\n{new string('x', 8192)}\r\n");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        long sent = 0;
        while (!stop.IsCancellationRequested)
        {
            await publisher.SendAsync(message, CancellationToken.None);
            sent++;
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return sent;
    }

    private static async Task<string[]> ReasonsAsync(LoadServer server, int count, CancellationToken cancellationToken)
    {
        JsonElement closed = await server.GetAsync($"/connz?state=closed&limit={count + 100}", cancellationToken);
        return [.. closed.GetProperty("connections").EnumerateArray().Select(connection => connection.GetProperty("reason").GetString()!)];
    }

    private static async Task SeeMemoryFallAsync(LoadServer server, string cause, long before, CancellationToken cancellationToken)
    {
        const long Slack = 32 * 1024 * 1024;
        if (!LoadSize.IsFull)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        while (server.Resident > before + Slack && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(500, cancellationToken);
        }

        Report.Line("MEM-5", $"[{cause}] after {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s of quiet RSS is {Report.Mebibytes(server.Resident - before)} above that before the flood (bar: back, within 32 MiB, in 60 s)");
        Assert.InRange(server.Resident, 0, before + Slack);
    }

    private static void Close(LoadClient[] clients)
    {
        foreach (LoadClient client in clients)
        {
            client.Dispose();
        }
    }
}
