using System.Diagnostics;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>One large message for very many subscribers.</summary>
public sealed class FanOutTests
{
    [Fact]
    [Trait("Safety", "MEM-4")]
    public async Task A_large_message_is_kept_once_however_many_subscribers_it_waits_for()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        const int Payload = 48 * 1024;
        const int Each = 100; // subscriptions of a client
        int clientCount = LoadSize.Pick(500, 50);
        int count = clientCount * Each;

        // 2.4 GB take longer than the default to read: whoever comes last must not be cut for it.
        await using LoadServer server = await LoadServer.StartAsync("--Nats:SlowConsumers:WriteDeadline=00:01:00");
        LoadClient[] clients = await LoadClient.ConnectManyAsync(
            clientCount, server.Port, _ => string.Concat(Enumerable.Range(100, Each).Select(sid => $"SUB all {sid}\r\n")), 4096, cancellationToken);
        using LoadClient publisher = await LoadClient.ConnectAsync(server.Port, cancellationToken: cancellationToken);
        long before = server.Resident;
        server.ForgetPeak();

        long start = Stopwatch.GetTimestamp();
        await publisher.SendAsync($"PUB all {Payload}\r\n{new string('x', Payload)}\r\nPING\r\n", cancellationToken);
        await publisher.ReadUntilAsync("PONG\r\n", cancellationToken);
        TimeSpan queued = Stopwatch.GetElapsedTime(start);
        long delivered = await server.VarzAsync("out_msgs", cancellationToken);
        long waiting = server.PeakResident - before;
        long expected = Each * ($"MSG all 100 {Payload}\r\n".Length + Payload + 2L);
        long[] received = await Task.WhenAll(clients.Select(client => client.DrainAsync(expected, cancellationToken)));
        TimeSpan read = Stopwatch.GetElapsedTime(start);

        Report.Line("MEM-4", $"a message of 48 kB for {count} subscribers: {Report.Mebibytes(waiting)} RSS while it waits for all of them ({Report.Mebibytes((long)count * Payload)} if each had a copy; asserted 32 MiB + 1 KiB each), peak {Report.Mebibytes(server.PeakResident - before)}");
        Report.Line("MEM-4", $"queued for all in {queued.TotalMilliseconds:F0} ms, read by all in {read.TotalSeconds:F2} s");
        Assert.Equal(count, delivered);
        Assert.All(received, bytes => Assert.InRange(bytes - expected, 0, 2 * "PING\r\n".Length));
        Assert.InRange(server.PeakResident - before, 0, (32 * 1024 * 1024) + (1024L * count));
        server.AssertUnharmed();
        foreach (LoadClient client in clients)
        {
            client.Dispose();
        }
    }
}
