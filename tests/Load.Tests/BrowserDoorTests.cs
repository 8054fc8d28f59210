using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>Those who mean no good at the doors for browsers: WebSocket, SignalR, HTTP.</summary>
public sealed class BrowserDoorTests : IDisposable
{
    private const string Handshake = "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    private const string Upgrade = "GET / HTTP/1.1\r\n" + Handshake + "\r\n";
    private const string Deflate = "GET / HTTP/1.1\r\n" + Handshake + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    private const string Binary = "\u0082";

    // Of a binary message: its mask is zero, so that the bytes stand there as they are.
    private const string LengthOf100000 = "\u00ff\0\0\0\0\0\u0001\u0086\u00a0\0\0\0\0";
    private const string LengthOfTebibyte = "\u00ff\0\0\u0001\0\0\0\0\0\0\0\0\0";
    private const string LengthWithTopBit = "\u00ff\u0080\0\0\0\0\0\0\u0001\0\0\0\0";

    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    [Trait("Safety", "F-8")]
    [Trait("Safety", "WS-2")]
    [Trait("Safety", "WS-6")]
    [Trait("Safety", "SIG-2")]
    [Trait("Safety", "TIME-2")]
    public async Task Browsers_that_send_a_byte_per_second_and_finish_nothing_are_all_cut_and_hold_little()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        int count = LoadSize.Pick(1000, 50);
        DescriptorLimit.SkipBelow(6 * count);
        await using LoadServer server = await LoadServer.StartAsync("--Nats:WebSocket:PingInterval=00:00:04", "--Nats:WebSocket:PingTimeout=00:00:02", $"--Nats:Http:MaxConnections={6 * count}");
        await using LoadServer secure = await LoadServer.StartAsync(
            $"--Nats:WebSocket:Tls:CertFile={_certificates.ServerFiles.CertFile}", $"--Nats:WebSocket:Tls:KeyFile={_certificates.ServerFiles.KeyFile}");
        SlowSender[] senders =
        [
            new("WebSocket upgrade", server.WebSocketPort, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "),
            new("WebSocket frame", server.WebSocketPort, Upgrade, "INFO ", Binary + LengthOf100000 + "CONNECT {\"name\":\""),
            new("SignalR handshake", server.HttpPort, "GET /hubs/nats HTTP/1.1\r\n" + Handshake + "\r\n", "\r\n\r\n", Binary + LengthOf100000),
            new("HTTP body", server.HttpPort, "POST /api/v1/publish/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"),
            new("TLS hello", secure.WebSocketPort, "\u0016\u0003\u0001\u0002\0"),
        ];
        await SlowSender.CutAllAsync(senders, LoadSize.Pick(100, 10), cancellationToken); // compiles what it takes
        LoadServer[] servers = [server, secure];
        long before = servers.Sum(each => each.Resident);
        Array.ForEach(servers, each => each.ForgetPeak());

        Dictionary<string, Percentiles> cut = await SlowSender.CutAllAsync(senders, count, cancellationToken);

        long growth = servers.Sum(each => each.PeakResident) - before;
        foreach ((string kind, Percentiles times) in cut)
        {
            string bar = kind switch
            {
                "WebSocket frame" => "PingInterval + PingTimeout = 6 s",
                "HTTP body" => "240 bytes/s after 5 s",
                "TLS hello" => "2 s",
                "SignalR handshake" => "5 s and the close handshake's 2 s",
                _ => "5 s",
            };
            Report.Line("F-8", $"{count} clients, {kind} at 1 byte/s: the first cut after {times.At(0).TotalSeconds:F2} s, the last after {times.Max.TotalSeconds:F2} s (bar {bar}, asserted 18 s)");
        }

        Report.Line("F-8", $"{cut.Count * count} such clients together: peak RSS + {Report.Mebibytes(growth)} (bar 20 MiB for each 1,000, asserted 30)");
        Assert.All(cut.Values, times => Assert.Equal(count, times.Count));
        Assert.All(cut.Values, times => Assert.InRange(times.Max, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(18)));
        Assert.InRange(growth, 0, LoadSize.Pick(cut.Count, 1) * 30L * 1024 * 1024);
        Array.ForEach(servers, each => each.AssertUnharmed());
    }

    [Fact]
    [Trait("Safety", "F-12")]
    [Trait("Safety", "WS-1")]
    [Trait("Safety", "WS-3")]
    [Trait("Safety", "WS-4")]
    [Trait("Safety", "WS-5")]
    public async Task What_is_too_large_or_comes_from_a_stranger_is_refused_or_streamed_and_never_held()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        int rounds = LoadSize.Pick(100, 10);
        int streamed = LoadSize.Pick(64, 16) * 1024 * 1024;
        await using LoadServer server = await LoadServer.StartAsync("--Nats:WebSocket:Compression=true");
        string padding = new('x', 2 * 1024 * 1024);
        string bomb = Bomb(64 * 1024 * 1024);
        const string Foreign = "Origin: https://stranger.example\r\n";
        (string Kind, string Bar, Func<Task<string>> Attack)[] attacks =
        [
            ("compression bomb of 64 MiB", "1009", () => OffendAsync(server.WebSocketPort, Deflate, bomb)),
            ("frame of 1 TiB", "streamed", () => StreamAsync(server.WebSocketPort, streamed)),
            ("length with its top bit", "1002", () => OffendAsync(server.WebSocketPort, Upgrade, Binary + LengthWithTopBit)),
            ("2 MB of headers, WebSocket", "431", () => OffendAsync(server.WebSocketPort, "GET / HTTP/1.1\r\nX-Large: " + padding)),
            ("2 MB of headers, HTTP", "431", () => OffendAsync(server.HttpPort, "GET /varz HTTP/1.1\r\nX-Large: " + padding)),
            ("foreign Origin, WebSocket", "403", () => OffendAsync(server.WebSocketPort, "GET / HTTP/1.1\r\n" + Handshake + Foreign + "\r\n")),
            ("foreign Origin, SignalR", "403", () => OffendAsync(server.HttpPort, "GET /hubs/nats HTTP/1.1\r\n" + Handshake + Foreign + "\r\n")),
            ("foreign Origin, HTTP", "403", () => OffendAsync(server.HttpPort, $"POST /api/v1/publish/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n{Foreign}\r\n")),
        ];
        foreach ((string kind, string bar, Func<Task<string>> attack) in attacks)
        {
            // More often than it counts, until all that it takes is compiled and blocks are lent.
            var answers = new HashSet<string>();
            for (int i = 0; i < LoadSize.Pick(5, 1); i++)
            {
                await RepeatAsync();
            }

            long before = server.Resident;
            server.ForgetPeak();
            await RepeatAsync();

            long growth = server.PeakResident - before;
            Report.Line("F-12", $"{rounds} x {kind}: {string.Join(", ", answers)} (bar {bar}); peak RSS + {Report.Mebibytes(growth)} (bar 2 MiB, asserted 16 MiB)");
            Assert.Equal([bar], answers);
            Assert.InRange(growth, long.MinValue, 16 * 1024 * 1024);

            async Task RepeatAsync()
            {
                for (int i = 0; i < rounds; i++)
                {
                    answers.Add(await attack());
                }
            }
        }

        server.AssertUnharmed();
    }

    // The status of the answer to an HTTP request.
    private static async Task<string> OffendAsync(int port, string request)
    {
        using LoadClient client = await LoadClient.DialAsync(port);
        try
        {
            await client.SendAsync(request);
        }
        catch (SocketException)
        {
            // It was refused before it was whole; the answer may be there all the same.
        }

        return (await client.ReadUntilAsync("\r\n")).Split(' ')[1];
    }

    // The status of the Close frame, with which the server's words end.
    private static async Task<string> OffendAsync(int port, string upgrade, string frame)
    {
        using LoadClient client = await LoadClient.DialAsync(port);
        await client.SendAsync(upgrade);
        await client.ReadUntilAsync("\r\n\r\n");
        await client.SendAsync(frame);
        var end = await Assert.ThrowsAsync<EndOfStreamException>(() => client.ReadUntilAsync("never"));
        int close = Enumerable.Range(0, end.Message.Length - 3).Last(at => end.Message[at] == '\u0088' && at + 2 + end.Message[at + 1] == end.Message.Length);
        return $"{(end.Message[close + 2] << 8) | end.Message[close + 3]}";
    }

    // Operations without an end in one frame, of which the server executes each as it comes.
    private static async Task<string> StreamAsync(int port, int bytes)
    {
        using LoadClient client = await LoadClient.DialAsync(port);
        await client.SendAsync(Upgrade);
        await client.ReadUntilAsync("INFO ");
        await client.SendAsync(Binary + LengthOfTebibyte);
        byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("PUB nobody.listens 16\r\n0123456789abcdef\r\n", 1600)));
        for (int sent = 0; sent < bytes; sent += block.Length)
        {
            await client.SendAsync(block);
        }

        await client.SendAsync("PING\r\n");
        await client.ReadUntilAsync("PONG\r\n");
        return "streamed";
    }

    // One compressed message of zeros.
    private static string Bomb(int length)
    {
        var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] harmless = [.. Enumerable.Repeat("+OK\r\n"u8.ToArray(), length / 5).SelectMany(bytes => bytes)];
            deflate.Write(harmless);
        }

        byte[] payload = compressed.ToArray();
        return $"\u00c2\u00ff\0\0\0\0{(char)(payload.Length >> 24)}{(char)((payload.Length >> 16) & 0xFF)}{(char)((payload.Length >> 8) & 0xFF)}{(char)(payload.Length & 0xFF)}\0\0\0\0{Encoding.Latin1.GetString(payload)}";
    }
}
