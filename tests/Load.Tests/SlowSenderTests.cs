using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>Clients that begin something and go on with one byte per second.</summary>
public sealed class SlowSenderTests
{
    private const string Connect = "CONNECT {\"verbose\":false}\r\n";

    [Fact]
    [Trait("Safety", "F-8")]
    [Trait("Safety", "PRE-4")]
    [Trait("Safety", "TIME-1")]
    [Trait("Safety", "TIME-2")]
    [Trait("Safety", "MEM-2")]
    public async Task Clients_that_send_a_byte_per_second_and_finish_nothing_are_all_cut_and_hold_little()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        int count = LoadSize.Pick(1000, 100);
        DescriptorLimit.SkipBelow(4 * count);
        await using LoadServer server = await LoadServer.StartAsync("--Nats:KeepAlive:PingInterval=00:00:02", "--Nats:KeepAlive:PingMax=2");
        SlowSender[] senders =
        [
            new("CONNECT", server.Port, "CONNECT {\"name\":\""),
            new("SUB", server.Port, Connect + "SUB "),
            new("payload", server.Port, Connect + "PUB slow 100000\r\n"),
            new("HTTP header", server.HttpPort, "GET /varz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "),
        ];
        await SlowSender.CutAllAsync(senders, 20, cancellationToken); // compiles what it takes
        int descriptors = server.Descriptors;
        long before = server.Resident;
        server.ForgetPeak();

        Dictionary<string, Percentiles> cut = await SlowSender.CutAllAsync(senders, count, cancellationToken);

        long growth = server.PeakResident - before;
        foreach ((string kind, Percentiles times) in cut)
        {
            string bar = kind == "HTTP header" ? "HeadersTimeout 5 s" : "(ping_max + 1) x ping_interval = 6 s";
            Report.Line("F-8", $"{count} clients, {kind} at 1 byte/s: the first cut after {times.At(0).TotalSeconds:F2} s, the last after {times.Max.TotalSeconds:F2} s (bar {bar}, asserted 18 s)");
        }

        Report.Line("F-8", $"{4 * count} such clients together: peak RSS + {Report.Mebibytes(growth)} (bar 20 MiB for each 1,000); descriptors {descriptors} before, {server.Descriptors} after");
        Assert.All(cut.Values, times => Assert.Equal(count, times.Count));
        Assert.All(cut.Values, times => Assert.InRange(times.Max, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(18)));
        Assert.InRange(growth, 0, LoadSize.Pick(4, 1) * 20L * 1024 * 1024);
        server.AssertUnharmed();
    }

    [Fact]
    [Trait("Safety", "MEM-2")]
    [Trait("Safety", "PARSE-4")]
    public async Task A_payload_that_never_ends_holds_no_more_than_the_bytes_that_came()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        const int Count = 64;
        const int Payload = 1024 * 1024;
        await using LoadServer server = await LoadServer.StartAsync();
        LoadClient[] clients = await LoadClient.ConnectManyAsync(Count, server.Port, _ => "", cancellationToken: cancellationToken);
        long before = server.Resident;

        await Task.WhenAll(clients.Select(client => client.SendAsync($"PUB never {Payload}\r\n", cancellationToken)));
        await Task.Delay(500, cancellationToken);
        long announced = server.Resident - before;
        var almost = new byte[Payload - 1];
        await Task.WhenAll(clients.Select(client => client.SendAsync(almost, cancellationToken)));
        await Task.Delay(500, cancellationToken);
        long held = server.Resident - before;

        Report.Line("MEM-2", $"{Count} unfinished payloads of 1 MiB: {Report.Mebibytes(announced)} RSS once announced, {Report.Mebibytes(held)} with all but the last byte (bar max_payload + 64 KiB each = {Count * 1.0625} MiB, asserted + 16 MiB)");
        Assert.InRange(announced, 0, 16 * 1024 * 1024);
        Assert.InRange(held, 0, (Count * (Payload + (64 * 1024L))) + (16 * 1024 * 1024));
        server.AssertUnharmed();
        foreach (LoadClient client in clients)
        {
            client.Dispose();
        }
    }
}
