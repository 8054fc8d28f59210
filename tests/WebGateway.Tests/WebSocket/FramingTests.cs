using System.Globalization;
using System.Text;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.WebGateway.Tests.WebSocket;

/// <summary>Frames, right and wrong, in the manner of the Autobahn test suite; the numbers are those of its groups.</summary>
[Trait("Safety", "WS-3")]
public sealed class FramingTests : IAsyncLifetime
{
    private const byte Text = 0x81;
    private const byte Binary = 0x82;
    private const byte FirstBinary = 0x02;
    private const byte Continuation = 0x00;
    private const byte LastContinuation = 0x80;
    private const byte Ping = 0x89;
    private const byte Pong = 0x8A;
    private const byte Close = 0x88;

    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory] // 1.1, 1.2, 9.1, 9.2
    [InlineData(Text, 0)]
    [InlineData(Text, 125)]
    [InlineData(Text, 126)]
    [InlineData(Text, 65_535)]
    [InlineData(Binary, 0)]
    [InlineData(Binary, 125)]
    [InlineData(Binary, 65_536)]
    [InlineData(Binary, 1_000_000)]
    public async Task A_payload_of_any_length_passes_in_either_kind_of_message(byte kind, int length)
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();
        string payload = new('x', length);

        await socket.SendAsync(RawWebSocket.Frame(kind, $"SUB a 1\r\nPUB a {length}\r\n{payload}\r\n"));

        Assert.Equal($"MSG a 1 {length}\r\n{payload}\r\n", await socket.ReadUntilAsync($"{payload}\r\n"));
    }

    [Fact] // 1.1.8, 1.2.8, 9.7
    public async Task Frames_may_arrive_byte_by_byte()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        foreach (byte value in RawWebSocket.Frame(Text, "SUB a 1\r\nPUB a 2\r\nhi\r\n"))
        {
            await socket.SendAsync([value]);
        }

        Assert.Equal("MSG a 1 2\r\nhi\r\n", await socket.ReadUntilAsync("hi\r\n"));
    }

    [Theory] // 2.1 to 2.4
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("\u0000\u00ff\u00fe")]
    public async Task A_ping_is_answered_with_its_payload(string payload)
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        await socket.SendAsync(RawWebSocket.Frame(Ping, payload));

        Assert.Equal((Pong, payload), await socket.ReadFrameAsync());
    }

    [Fact] // 2.3
    public async Task A_ping_of_125_bytes_is_answered()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();
        string payload = new('p', 125);

        await socket.SendAsync(RawWebSocket.Frame(Ping, payload));

        Assert.Equal((Pong, payload), await socket.ReadFrameAsync());
    }

    [Fact] // 2.7 to 2.9
    public async Task A_pong_that_nobody_asked_for_is_passed_over()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        await socket.SendAsync([.. RawWebSocket.Frame(Pong, "x"), .. RawWebSocket.Frame(Binary, "PING\r\n")]);

        Assert.Equal((Binary, "PONG\r\n"), await socket.ReadFrameAsync());
    }

    [Fact] // 2.10
    public async Task Of_many_pings_the_last_is_answered_in_any_case()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        for (int i = 0; i < 10; i++)
        {
            await socket.SendAsync(RawWebSocket.Frame(Ping, $"{i}"));
        }

        (byte First, string Payload) frame;
        do
        {
            frame = await socket.ReadFrameAsync();
            Assert.Equal(Pong, frame.First);
        }
        while (frame.Payload != "9");
    }

    [Theory] // 3.1 to 3.7, 4.1, 4.2
    [InlineData(0x92)]
    [InlineData(0xA2)]
    [InlineData(0xC2)]
    [InlineData(0xD1)]
    [InlineData(0xB9)]
    [InlineData(0xC8)]
    [InlineData(0x83)]
    [InlineData(0x84)]
    [InlineData(0x87)]
    [InlineData(0x8B)]
    [InlineData(0x8F)]
    [InlineData(0x0B)]
    public Task Reserved_bits_and_opcodes_are_refused(byte first) => RefusesAsync(1002, RawWebSocket.Frame(first, "x"));

    [Theory] // 2.5, 5.1, 5.2, 7.3.6
    [InlineData(Ping, 126)]
    [InlineData(Close, 126)]
    [InlineData(0x09, 1)]
    [InlineData(0x0A, 1)]
    [InlineData(0x08, 2)]
    public Task Control_frames_are_short_and_final(byte first, int length) => RefusesAsync(1002, RawWebSocket.Frame(first, new string('x', length)));

    [Theory] // 5.3 to 5.8, 5.19, 5.20
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_message_may_come_in_fragments_with_pings_in_between(int size)
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();
        const string message = "SUB a 1\r\nPUB a 5\r\nhello\r\n";
        var bytes = new List<byte>();
        for (int at = 0; at < message.Length; at += size)
        {
            byte first = at == 0 ? FirstBinary : at + size >= message.Length ? LastContinuation : Continuation;
            bytes.AddRange(RawWebSocket.Frame(first, message[at..Math.Min(at + size, message.Length)]));
            if (at == 0)
            {
                bytes.AddRange(RawWebSocket.Frame(Ping, "mid"));
            }
        }

        await socket.SendAsync([.. bytes]);

        var frames = new[] { await socket.ReadFrameAsync(), await socket.ReadFrameAsync() };
        Assert.Contains((Pong, "mid"), frames);
        Assert.Contains((Binary, "MSG a 1 5\r\nhello\r\n"), frames);
    }

    [Fact]
    public async Task One_message_may_hold_many_operations_and_an_operation_span_messages()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        await socket.SendAsync([.. RawWebSocket.Frame(Binary, "SUB a 1\r\nSUB b 2\r\nPUB "), .. RawWebSocket.Frame(Text, "a 1\r"), .. RawWebSocket.Frame(Binary, ""), .. RawWebSocket.Frame(Binary, "\nx\r\n")]);

        Assert.Equal("MSG a 1 1\r\nx\r\n", await socket.ReadUntilAsync("x\r\n"));
    }

    [Theory] // 5.9 to 5.14
    [InlineData(Continuation)]
    [InlineData(LastContinuation)]
    public Task A_continuation_of_nothing_is_refused(byte first) => RefusesAsync(1002, RawWebSocket.Frame(first, "x"));

    [Theory] // 5.15 to 5.18
    [InlineData(FirstBinary)]
    [InlineData(Text)]
    public Task A_new_message_inside_another_is_refused(byte second) =>
        RefusesAsync(1002, [.. RawWebSocket.Frame(FirstBinary, "x"), .. RawWebSocket.Frame(second, "y")]);

    [Fact]
    public Task An_unmasked_frame_is_refused() => RefusesAsync(1002, RawWebSocket.Frame(Binary, "PING\r\n", isMasked: false));

    [Fact]
    [Trait("Safety", "F-12")]
    public Task A_length_with_its_top_bit_is_refused() => RefusesAsync(1002, [Binary, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]);

    [Theory] // 7.1.1, 7.3.3, 7.3.4, 7.7
    [InlineData(1000, "")]
    [InlineData(1000, "bye")]
    [InlineData(1001, "going")]
    [InlineData(1003, "")]
    [InlineData(1007, "")]
    [InlineData(1011, "")]
    [InlineData(3000, "")]
    [InlineData(4999, "x")]
    public async Task A_close_is_echoed(int status, string reason)
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        await socket.SendAsync(RawWebSocket.Frame(Close, $"{(char)(status >> 8)}{(char)(status & 0xFF)}{reason}"));

        Assert.Equal((status, reason, ""), await socket.ReadCloseAsync());
        Assert.Equal((0, ""), await socket.ReadFrameAsync());
    }

    [Fact] // 7.3.1
    public async Task An_empty_close_is_echoed_empty()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        await socket.SendAsync(RawWebSocket.Frame(Close, ""));

        Assert.Equal((-1, "", ""), await socket.ReadCloseAsync());
    }

    [Fact] // 7.1.2 to 7.1.6
    public async Task Nothing_after_a_close_counts()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        await socket.SendAsync([.. RawWebSocket.Frame(Close, ""), .. RawWebSocket.Frame(Ping, "x"), .. RawWebSocket.Frame(Binary, "PING\r\n")]);

        Assert.Equal((-1, "", ""), await socket.ReadCloseAsync());
    }

    [Fact] // 7.3.2
    public Task A_close_of_one_byte_is_refused() => RefusesAsync(1002, RawWebSocket.Frame(Close, "x"));

    [Fact] // 7.5.1
    public Task A_close_whose_reason_is_no_text_is_refused() => RefusesAsync(1007, RawWebSocket.Frame(Close, "\u0003\u00e8\u00ce\u00ba\u00e1"));

    [Theory] // 7.9, 7.13
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(1100)]
    [InlineData(2000)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(65535)]
    public Task A_close_with_a_status_that_is_none_is_refused(int status) =>
        RefusesAsync(1002, RawWebSocket.Frame(Close, $"{(char)(status >> 8)}{(char)(status & 0xFF)}"));

    [Fact]
    public async Task What_came_before_a_violation_is_still_done()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();
        await using RawWebSocket other = await _gateway.ConnectAsync();
        await other.SendAsync("SUB a 1\r\nPING\r\n");
        await other.ReadUntilAsync("PONG\r\n");

        await socket.SendAsync([.. RawWebSocket.Frame(Binary, "PUB a 2\r\nhi\r\nPUB"), 0xF2]);

        Assert.Equal("MSG a 1 2\r\nhi\r\n", await other.ReadUntilAsync("hi\r\n"));
        Assert.Equal(1002, (await socket.ReadCloseAsync()).Status);
        Assert.Equal(CloseReason.ReadError, Assert.Single(_gateway.Registry.SnapshotClosed()).Reason);
    }

    [Theory]
    [InlineData("BOGUS\r\n", 1002, "-ERR 'Unknown Protocol Operation'\r\n")]
    [InlineData("PUB a 2000000\r\n", 1009, "-ERR 'Maximum Payload Violation'\r\n")]
    [InlineData("CONNECT {\"protocol\":7}\r\n", 1002, "-ERR 'invalid client protocol'\r\n")]
    public async Task An_error_of_the_protocol_is_told_twice_in_its_own_words_and_as_a_status(string text, int status, string error)
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        await socket.SendAsync(text);

        var (closed, _, before) = await socket.ReadCloseAsync();
        Assert.Equal((status, error), (closed, before));
    }

    [Theory]
    [InlineData("")]
    [InlineData("User-Agent: Mozilla/5.0\r\n")]
    public async Task What_several_subscribe_to_comes_to_each_of_them_whole_and_in_order(string headers)
    {
        var random = new Random(7);
        await using RawWebSocket publisher = await _gateway.ConnectAsync();
        RawWebSocket[] subscribers = [await _gateway.ConnectAsync(headers), await _gateway.ConnectAsync(headers), await _gateway.ConnectAsync(headers)];
        string expected = "";
        foreach (RawWebSocket subscriber in subscribers)
        {
            await subscriber.SendAsync("SUB mixed 1\r\nPING\r\n");
            await subscriber.ReadUntilAsync("PONG\r\n");
        }

        // Small ones, whole blocks, and those that all three share, close together.
        for (int i = 0; i < 60; i++)
        {
            int length = (i % 4) switch { 0 => random.Next(200), 1 => random.Next(16_000, 17_000), 2 => random.Next(65_400, 65_600), _ => random.Next(300_000) };
            string payload = new((char)('a' + (i % 26)), length);
            expected += $"MSG mixed 1 {length}\r\n{payload}\r\n";
            await publisher.SendAsync($"PUB mixed {length}\r\n{payload}\r\n");
        }

        await publisher.SendAsync("PUB mixed 3\r\nend\r\n");
        string[] received = await Task.WhenAll(subscribers.Select(subscriber => subscriber.ReadUntilAsync("end\r\n")));
        foreach (RawWebSocket subscriber in subscribers)
        {
            await subscriber.DisposeAsync();
        }

        // On a busy machine this takes longer than the two seconds after which the server sends its first PING.
        Assert.All(received, text => Assert.Equal(expected + "MSG mixed 1 3\r\nend\r\n", text.Replace("PING\r\n", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_client_that_asked_for_it_sends_without_a_mask_and_only_so()
    {
        await using RawWebSocket socket = await _gateway.OpenAsync("Nats-No-Masking: true\r\n");
        await socket.ReadUntilAsync("\r\n");

        await socket.SendAsync(RawWebSocket.Frame(Binary, "PING\r\n", isMasked: false));
        Assert.Equal("PONG\r\n", await socket.ReadUntilAsync("PONG\r\n"));
        await socket.SendAsync(RawWebSocket.Frame(Binary, "PING\r\n"));

        Assert.Contains("Nats-No-Masking: true\r\n", socket.Answer, StringComparison.Ordinal);
        Assert.Equal(1002, (await socket.ReadCloseAsync()).Status);
    }

    [Fact]
    public async Task A_browser_gets_large_messages_in_pieces_of_4096_bytes()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync("User-Agent: Mozilla/5.0 (X11; Linux)\r\n");

        await socket.SendAsync($"SUB a 1\r\nPUB a 100000\r\n{new string('x', 100_000)}\r\n");

        int total = 0;
        while (total < 100_018)
        {
            var (first, payload) = await socket.ReadFrameAsync();
            Assert.Equal(Binary, first);
            Assert.InRange(payload.Length, 1, 4096);
            total += payload.Length;
        }
    }

    [Fact]
    public async Task A_stopping_server_says_goodbye()
    {
        await using GatewayFixture gateway = await GatewayFixture.StartAsync();
        await using RawWebSocket socket = await gateway.ConnectAsync();

        Task stopped = gateway.StopAsync();

        Assert.Equal((1001, "Server Shutdown", ""), await socket.ReadCloseAsync());
        await stopped.WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    [Trait("Safety", "WS-4")]
    [Trait("Safety", "F-12")]
    public async Task A_frame_of_a_tebibyte_streams_and_is_never_held()
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();
        byte[] header = [Binary, 0xFF, 0, 0, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        string message = $"PUB a 30000\r\n{new string('x', 30_000)}\r\n";

        await socket.SendAsync(header);
        for (int i = 0; i < 100; i++)
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(message));
        }

        await socket.SendAsync("PING\r\n"u8.ToArray());
        Assert.Equal("PONG\r\n", await socket.ReadUntilAsync("PONG\r\n"));
        Assert.Equal(100, Assert.Single(_gateway.Registry.Open).InMessages);
    }

    private async Task RefusesAsync(int status, byte[] frames)
    {
        await using RawWebSocket socket = await _gateway.ConnectAsync();

        await socket.SendAsync(frames);

        var (closed, reason, _) = await socket.ReadCloseAsync();
        Assert.Equal(status, closed);
        Assert.False(string.IsNullOrEmpty(reason), status.ToString(CultureInfo.InvariantCulture));
        Assert.Equal((0, ""), await socket.ReadFrameAsync());
    }
}
