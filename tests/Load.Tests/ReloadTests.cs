using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>New settings, over and over, under clients that go on working.</summary>
public sealed class ReloadTests
{
    private const int Pairs = 25;

    [Fact]
    public async Task Reloads_under_traffic_lose_no_message_and_no_connection()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        int reloads = LoadSize.Pick(1000, 100);
        TimeSpan pace = TimeSpan.FromSeconds(60) / 1000;
        using var file = new TemporaryFile("max_payload: 100000\n");
        await using LoadServer server = await LoadServer.StartDropInAsync("-c", file.Path);
        using HealthyPairs pairs = await HealthyPairs.ConnectAsync(Pairs, server.Port, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task traffic = pairs.RunAsync(stop.Token);

        var longest = TimeSpan.Zero;
        using var timer = new PeriodicTimer(pace);
        for (int i = 1; i <= reloads; i++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            await File.WriteAllTextAsync(
                file.Path, $"max_payload: {100_000 + i}\nping_interval: \"{60 + (i % 60)}s\"\nmax_connections: {1000 + (i % 7)}\n", cancellationToken);
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            await server.ReloadAsync($"Reloaded: max_payload = {100_000 + i}");
            TimeSpan took = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            longest = took > longest ? took : longest;
        }

        await stop.CancelAsync();
        await traffic;
        Report.Line("RELOAD", $"{reloads} reloads: {pairs.Sent} sent, {pairs.Received} received, {pairs.OutOfOrder} out of order, {pairs.Latencies}; longest reload {longest.TotalMilliseconds:F0} ms");
        Assert.Equal(pairs.Sent, pairs.Received);
        Assert.Equal(0, pairs.OutOfOrder);
        Assert.Equal(2 * Pairs, await server.VarzAsync("connections", cancellationToken));
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        server.AssertUnharmed();
    }
}
