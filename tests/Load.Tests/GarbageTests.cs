using System.Net.Sockets;
using System.Text;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>Bytes that make no sense, and sense with a few bytes wrong, on every port.</summary>
public sealed class GarbageTests
{
    private const int Workers = 4;

    private static readonly string[] Nats =
    [
        "CONNECT {\"verbose\":true,\"pedantic\":true,\"headers\":true,\"no_responders\":true,\"protocol\":1,\"name\":\"fuzz\"}\r\nPING\r\n",
        "SUB foo.* 1\r\nSUB foo.> workers 2\r\nSUB > 3\r\nUNSUB 1 2\r\nUNSUB 2\r\n",
        "PUB foo.bar 5\r\nhello\r\nPUB foo.bar reply.to 0\r\n\r\n",
        "CONNECT {\"headers\":true,\"verbose\":false}\r\nHPUB foo.bar 22 27\r\nNATS/1.0\r\nA: b\r\nC: d\r\n\r\nhello\r\n",
        "CONNECT {\"headers\":true,\"verbose\":false}\r\nSUB a 1\r\nHPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\nPONG\r\n+OK\r\n",
        "INFO {\"server_id\":\"x\"}\r\n-ERR 'what'\r\nPUB $SYS.a 1\r\nx\r\nSUB $SYS.> 9\r\n",
    ];

    private static readonly string[] Http =
    [
        "GET /varz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /connz?subs=detail&state=closed&limit=10&offset=2&sort=bytes_to HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /subsz?subs=1&test=a.b&offset=-1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /healthz?js-enabled-only=true HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /jsz?acc=$G HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /accountz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
    ];

    private long _connections;
    private long _serverErrors;

    [Fact]
    [Trait("Safety", "F-9")]
    [Trait("Safety", "CRASH-1")]
    [Trait("Safety", "CRASH-3")]
    [Trait("Safety", "PARSE-5")]
    public async Task Garbage_on_every_port_harms_nobody_but_its_sender()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        var duration = TimeSpan.FromSeconds(LoadSize.Pick(60, 10));
        int seed = Environment.TickCount;
        Report.Line("F-9", $"seed {seed}");
        await using LoadServer server = await LoadServer.StartAsync();
        using LoadClient witness = await LoadClient.ConnectAsync(server.Port, cancellationToken: cancellationToken);
        await AbuseAsync(server, seed, duration / 2, witness, cancellationToken);
        long before = server.Resident;

        List<TimeSpan> pings = await AbuseAsync(server, seed + 1000, duration / 2, witness, cancellationToken);

        await server.WaitForVarzAsync(varz => varz.GetProperty("connections").GetInt64() == 1, TimeSpan.FromSeconds(10), cancellationToken);
        long growth = server.Resident - before;
        Report.Line("F-9", $"{_connections} connections of garbage in {duration.TotalSeconds} s, NATS and HTTP; a quiet client's PING: {new Percentiles(pings)}");
        Report.Line("F-9", $"RSS of the second half + {Report.Mebibytes(growth)} (bar flat, asserted 32 MiB); answers 500: {_serverErrors} (bar 0); subscriptions left: {await server.VarzAsync("subscriptions", cancellationToken)}");
        server.AssertUnharmed();
        Assert.Equal(0, _serverErrors);
        Assert.InRange(growth, long.MinValue, 32 * 1024 * 1024);
    }

    private async Task<List<TimeSpan>> AbuseAsync(
        LoadServer server, int seed, TimeSpan duration, LoadClient witness, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(duration);
        Task[] workers =
        [
            .. Enumerable.Range(0, Workers).Select(i => WorkAsync(server.Port, Nats, seed + i, stop.Token)),
            .. Enumerable.Range(0, Workers).Select(i => WorkAsync(server.HttpPort, Http, seed + 100 + i, stop.Token)),
        ];
        var pings = new List<TimeSpan>();
        while (!stop.IsCancellationRequested)
        {
            pings.Add(await witness.PingAsync(cancellationToken));
            await Task.Delay(20, cancellationToken);
        }

        await Task.WhenAll(workers);
        return pings;
    }

    private async Task WorkAsync(int port, string[] corpus, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        var buffer = new byte[16 * 1024];
        while (!stop.IsCancellationRequested)
        {
            using LoadClient client = await LoadClient.DialAsync(port, cancellationToken: CancellationToken.None);
            Interlocked.Increment(ref _connections);
            try
            {
                await OffendAsync(client, Next(random, corpus), random, buffer);
            }
            catch (SocketException)
            {
                // Reset by the server: a fair answer to garbage.
            }
        }
    }

    // In up to four pieces; then away at once, or reading until the server has had enough.
    private async Task OffendAsync(LoadClient client, byte[] bytes, Random random, byte[] buffer)
    {
        int pieces = random.Next(1, 5);
        for (int i = 0; i < pieces; i++)
        {
            await client.SendAsync(bytes.AsMemory((bytes.Length * i / pieces)..(bytes.Length * (i + 1) / pieces)), CancellationToken.None);
        }

        if (random.Next(4) == 0)
        {
            return;
        }

        client.Socket.Shutdown(SocketShutdown.Send);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        bool isFirst = true;
        while (await client.Socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token) is > 0 and var read)
        {
            if (isFirst && buffer.AsSpan(0, read).StartsWith("HTTP/1.1 500"u8))
            {
                Interlocked.Increment(ref _serverErrors);
            }

            isFirst = false;
        }
    }

    private static byte[] Next(Random random, string[] corpus)
    {
        if (random.Next(4) == 0)
        {
            var noise = new byte[random.Next(1, 8192)];
            random.NextBytes(noise);
            return noise;
        }

        var text = new StringBuilder();
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            text.Append(corpus[random.Next(corpus.Length)]);
        }

        List<byte> bytes = [.. Encoding.Latin1.GetBytes(text.ToString())];
        for (int i = random.Next(0, 6); i > 0; i--)
        {
            Mutate(random, bytes);
        }

        return [.. bytes];
    }

    private static void Mutate(Random random, List<byte> bytes)
    {
        int at = random.Next(bytes.Count);
        switch (random.Next(5))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes.Insert(at, (byte)"\0 \t\r\n*>.$09-"[random.Next(12)]);
                break;
            case 3 when bytes.Count > 16:
                bytes.RemoveRange(at, random.Next(1, Math.Min(16, bytes.Count - at) + 1));
                break;
            default:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 64), bytes.Count - at)));
                break;
        }
    }
}
