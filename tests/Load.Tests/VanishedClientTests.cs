using System.Diagnostics;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>Clients that are gone and never said so.</summary>
public sealed class VanishedClientTests
{
    /// <summary>A machine that loses power sends no FIN: to the server it is a client that neither reads nor answers.</summary>
    [Fact]
    [Trait("Safety", "F-7")]
    [Trait("Safety", "TIME-1")]
    public async Task Clients_that_vanish_without_a_word_are_closed_by_unanswered_pings()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        int count = LoadSize.Pick(1000, 200);
        int seconds = LoadSize.Pick(2, 1);
        var bar = TimeSpan.FromSeconds(3 * seconds); // (ping_max + 1) x ping_interval
        await using LoadServer server = await LoadServer.StartAsync($"--Nats:KeepAlive:PingInterval=00:00:0{seconds}", "--Nats:KeepAlive:PingMax=2");
        (await LoadClient.ConnectAsync(server.Port, cancellationToken: cancellationToken)).Dispose();
        await server.WaitForVarzAsync(varz => varz.GetProperty("connections").GetInt64() == 0, bar, cancellationToken);
        int descriptors = server.Descriptors;
        long before = server.Resident;

        LoadClient[] vanished = await LoadClient.ConnectManyAsync(count, server.Port, _ => "SUB gone 1\r\n", 4096, cancellationToken);
        long start = Stopwatch.GetTimestamp();
        long held = server.Resident - before;
        await server.WaitForVarzAsync(varz => varz.GetProperty("connections").GetInt64() == 0, bar * 4, cancellationToken);
        TimeSpan closed = Stopwatch.GetElapsedTime(start);

        long stale = await server.VarzAsync("stale_connections", cancellationToken);
        Report.Line("F-7", $"{count} vanished clients: the last closed after {closed.TotalSeconds:F2} s (bar {bar.TotalSeconds} s, asserted x 2); stale_connections {stale}");
        Report.Line("F-7", $"they held {held / count} bytes RSS each; descriptors {descriptors} before, {server.Descriptors} after");
        Assert.InRange(closed, TimeSpan.FromSeconds(seconds), bar * 2);
        Assert.Equal(count, stale);
        Assert.InRange(server.Descriptors, 0, descriptors + 16);
        server.AssertUnharmed();
        foreach (LoadClient client in vanished)
        {
            client.Dispose();
        }
    }
}
