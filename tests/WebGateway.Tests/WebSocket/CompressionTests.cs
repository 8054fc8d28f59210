using System.Buffers;
using System.IO.Compression;
using System.Text;
using NatsKestrel.WebGateway.WebSocket;
using Xunit;

namespace NatsKestrel.WebGateway.Tests.WebSocket;

/// <summary>permessage-deflate, in the manner of the Autobahn test suite's groups 12 and 13.</summary>
[Trait("Safety", "WS-5")]
public sealed class CompressionTests : IAsyncLifetime
{
    private const string Offer = "Sec-WebSocket-Extensions: x-other, Permessage-Deflate; client_max_window_bits\r\n";
    private const byte CompressedBinary = 0xC2;

    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartAsync(options => options.WebSocket.Compression = true);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task It_is_agreed_on_where_both_sides_want_it_without_context_takeover()
    {
        await using RawWebSocket with = await _gateway.OpenAsync(Offer);
        await using RawWebSocket without = await _gateway.OpenAsync();

        Assert.Contains("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n", with.Answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Extensions", without.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_off_by_default()
    {
        await using GatewayFixture gateway = await GatewayFixture.StartAsync();
        await using RawWebSocket socket = await gateway.OpenAsync(Offer);

        Assert.DoesNotContain("Extensions", socket.Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(300_000)]
    public async Task A_compressed_message_is_read_and_large_ones_are_answered_compressed(int length)
    {
        await using RawWebSocket socket = await ConnectAsync();
        string payload = new('x', length);

        await socket.SendAsync(RawWebSocket.Frame(CompressedBinary, Deflate($"SUB a 1\r\nPUB a {length}\r\n{payload}\r\n")));

        Assert.Equal($"MSG a 1 {length}\r\n{payload}\r\n", await ReadAsync(socket, $"{payload}\r\n"));
    }

    [Fact]
    public async Task A_compressed_message_may_come_in_fragments_and_between_plain_ones()
    {
        await using RawWebSocket socket = await ConnectAsync();
        byte[] compressed = Deflate("PUB a 2\r\nhi\r\n");

        await socket.SendAsync(
        [
            .. RawWebSocket.Frame(0x82, "SUB a 1\r\n"),
            .. RawWebSocket.Frame(0x42, compressed.AsSpan(0, 3)),
            .. RawWebSocket.Frame(0x89, "ping"),
            .. RawWebSocket.Frame(0x00, compressed.AsSpan(3, 2)),
            .. RawWebSocket.Frame(0x80, compressed.AsSpan(5)),
            .. RawWebSocket.Frame(0x82, "PING\r\n"),
        ]);

        string read = "";
        while (!read.EndsWith("PONG\r\n", StringComparison.Ordinal))
        {
            var (first, payload) = await socket.ReadFrameAsync();
            Assert.NotEqual(0, first);
            read += first == 0x82 ? payload : "";
        }

        Assert.Equal("MSG a 1 2\r\nhi\r\nPONG\r\n", read);
    }

    [Fact]
    public async Task The_mark_stands_on_first_frames_alone()
    {
        await using RawWebSocket socket = await ConnectAsync();

        await socket.SendAsync([.. RawWebSocket.Frame(0x42, Deflate("PING\r\n")), .. RawWebSocket.Frame(0xC0, "x")]);

        Assert.Equal(1002, (await socket.ReadCloseAsync()).Status);
    }

    [Fact]
    public async Task What_is_no_deflate_stream_is_refused()
    {
        await using RawWebSocket socket = await ConnectAsync();

        await socket.SendAsync(RawWebSocket.Frame(CompressedBinary, [0xFF, 0xFF, 0xFF, 0xFF, 0x07]));

        Assert.Equal(1007, (await socket.ReadCloseAsync()).Status);
    }

    [Fact]
    [Trait("Safety", "F-12")]
    public async Task A_compression_bomb_is_cut_long_before_it_is_whole()
    {
        await using RawWebSocket socket = await ConnectAsync();
        byte[] bomb = Deflate("+OK\r\n", times: 50_000_000);

        await socket.SendAsync(RawWebSocket.Frame(CompressedBinary, bomb));

        Assert.Equal(1009, (await socket.ReadCloseAsync()).Status);
        Assert.Single(_gateway.Registry.SnapshotClosed());
    }

    [Fact]
    [Trait("Safety", "F-12")]
    public void A_compression_bomb_takes_memory_for_what_it_may_become_and_no_more()
    {
        const int MaxPayload = 1024 * 1024;
        byte[] bomb = Deflate("+OK\r\n", times: 50_000_000);
        using var inflater = new MessageInflater(MaxPayload);
        var inflated = new CountingWriter();
        long before = GC.GetAllocatedBytesForCurrentThread();

        FrameException refused = Assert.Throws<FrameException>(() => Inflate(inflater, bomb, inflated));

        Assert.Equal(1009, refused.Status);
        Assert.InRange(inflated.Count, 1, 8 * MaxPayload);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128 * 1024);
    }

    [Fact]
    public void A_message_that_inflates_to_nothing_is_no_longer_than_others()
    {
        using var inflater = new MessageInflater(maxPayload: 1024);
        byte[] emptyBlocks = [.. Enumerable.Repeat(new byte[] { 0x00, 0x00, 0x00, 0xFF, 0xFF }, 8 * 1024).SelectMany(bytes => bytes)];

        FrameException refused = Assert.Throws<FrameException>(() => Inflate(inflater, emptyBlocks, new CountingWriter()));

        Assert.Equal(1009, refused.Status);
    }

    private async Task<RawWebSocket> ConnectAsync()
    {
        RawWebSocket socket = await _gateway.OpenAsync(Offer);
        await ReadAsync(socket, "\r\n");
        await socket.SendAsync("CONNECT {\"verbose\":false}\r\nPING\r\n");
        await ReadAsync(socket, "PONG\r\n");
        return socket;
    }

    private static async Task<string> ReadAsync(RawWebSocket socket, string end)
    {
        string read = "";
        while (!read.EndsWith(end, StringComparison.Ordinal) && read.Length < 1_000_000)
        {
            var (first, payload) = await socket.ReadFrameAsync();
            Assert.True(first is 0x82 or CompressedBinary, $"{first:x2} {payload}");
            read += first == CompressedBinary ? Inflate(payload) : payload;
        }

        return read;
    }

    private static byte[] Deflate(string text, int times = 1)
    {
        var target = new MemoryStream();
        using var deflate = new DeflateStream(target, CompressionLevel.Fastest);
        byte[] once = Encoding.Latin1.GetBytes(text);
        byte[] often = [.. Enumerable.Repeat(once, Math.Min(times, 10_000)).SelectMany(bytes => bytes)];
        for (int left = times; left > 0; left -= 10_000)
        {
            deflate.Write(often);
        }

        deflate.Flush();
        return target.ToArray()[..^4];
    }

    private static void Inflate(MessageInflater inflater, ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        while (!message.IsEmpty)
        {
            Span<byte> room = inflater.Room;
            int count = Math.Min(room.Length, message.Length);
            message[..count].CopyTo(room);
            inflater.Advance(count);
            while (inflater.HasMore)
            {
                inflater.Inflate(output);
            }

            message = message[count..];
        }
    }

    private static string Inflate(string payload)
    {
        using var input = new MemoryStream([.. Encoding.Latin1.GetBytes(payload), 0x00, 0x00, 0xFF, 0xFF]);
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        using var output = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = inflate.Read(buffer)) > 0)
        {
            output.Write(buffer, 0, read);
        }

        return Encoding.Latin1.GetString(output.ToArray());
    }

    private sealed class CountingWriter : IBufferWriter<byte>
    {
        private readonly byte[] _room = new byte[64 * 1024];

        public long Count { get; private set; }

        public void Advance(int count) => Count += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => _room;

        public Span<byte> GetSpan(int sizeHint = 0) => _room;
    }
}
