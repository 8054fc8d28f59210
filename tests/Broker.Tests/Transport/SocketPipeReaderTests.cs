using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Transport;

public abstract class SocketPipeReaderTests : SocketTests
{
    private protected SocketPipeReaderTests(TimeSpan? busyPoll)
        : base(busyPoll)
    {
    }

    [Fact]
    [Trait("Safety", "MEM-5")]
    public async Task While_there_is_nothing_to_read_no_block_is_held()
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var reader = new SocketPipeReader(pair.Server, Signals(pair.Server), Pool);

        Task<ReadResult> first = reader.ReadAsync(Token).AsTask();
        Assert.Equal(0, Pool.LentBytes);
        await pair.Client.SendAsync("PING\r\n"u8.ToArray(), Token);
        ReadResult result = await first.WaitAsync(RawClient.Patience, Token);
        Assert.Equal("PING\r\n"u8, result.Buffer.ToArray());
        reader.AdvanceTo(result.Buffer.End);
        Assert.Equal(0, Pool.LentBytes);
        Task<ReadResult> second = reader.ReadAsync(Token).AsTask();

        Assert.False(second.IsCompleted);
        Assert.Equal(0, Pool.LentBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [Trait("Safety", "CRASH-6")]
    public async Task Whatever_is_sent_in_whatever_pieces_is_read_whole_however_little_is_consumed_at_a_time(int seed)
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var reader = new SocketPipeReader(pair.Server, Signals(pair.Server), Pool);
        var random = new Random(seed);
        var sent = new byte[4_000_000];
        random.NextBytes(sent);
        Task sending = Task.Run(
            () =>
            {
                var sizes = new Random(seed);
                for (int at = 0; at < sent.Length;)
                {
                    int length = Math.Min(sizes.Next(4) == 0 ? sizes.Next(1, 200_000) : sizes.Next(1, 5000), sent.Length - at);
                    at += pair.Client.Send(sent, at, length, SocketFlags.None);
                }

                pair.Client.Shutdown(SocketShutdown.Send);
            },
            Token);

        var read = new ArrayBufferWriter<byte>(sent.Length);
        while (true)
        {
            ReadResult result = await reader.ReadAsync(Token);
            ReadOnlySequence<byte> buffer = result.Buffer;
            Assert.True(buffer.Length <= sent.Length - read.WrittenCount);

            // All of it, nothing, or anything between; to be examined to the end in most cases, as an unfinished command is.
            long consumed = result.IsCompleted ? buffer.Length : random.Next(4) switch
            {
                0 => buffer.Length,
                1 when buffer.Length < 300_000 => 0,
                2 => Math.Max(buffer.Length - random.Next(3000), 0),
                _ => random.NextInt64(buffer.Length + 1),
            };
            foreach (ReadOnlyMemory<byte> memory in buffer.Slice(0, consumed))
            {
                read.Write(memory.Span);
            }

            SequencePosition end = buffer.GetPosition(consumed);
            reader.AdvanceTo(end, random.Next(5) == 0 ? end : buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        await sending;
        await reader.CompleteAsync();
        Assert.True(sent.AsSpan().SequenceEqual(read.WrittenSpan));
        Assert.Equal(0, Pool.LentBytes);
    }

    [Fact]
    [Trait("Safety", "MEM-5")]
    public async Task A_short_unfinished_line_waits_in_a_small_block()
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var reader = new SocketPipeReader(pair.Server, Signals(pair.Server), Pool);
        await pair.Client.SendAsync("PUB subject"u8.ToArray(), Token);
        ReadResult result = await reader.ReadAsync(Token);
        reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);

        Task<ReadResult> pending = reader.ReadAsync(Token).AsTask();

        Assert.False(pending.IsCompleted);
        Assert.Equal(BlockPool.SmallSize, Pool.LentBytes);
        await pair.Client.SendAsync(" 2\r\n"u8.ToArray(), Token);
        result = await pending.WaitAsync(RawClient.Patience, Token);
        Assert.Equal("PUB subject 2\r\n"u8, result.Buffer.ToArray());
        reader.AdvanceTo(result.Buffer.End);
        Assert.Equal(0, Pool.LentBytes);
    }

    [Fact]
    [Trait("Safety", "MEM-5")]
    public async Task A_block_consumed_to_its_last_byte_is_given_back_though_more_follows()
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var reader = new SocketPipeReader(pair.Server, Signals(pair.Server), Pool);
        await pair.Client.SendAsync(new byte[BlockPool.LargeSize + 100], Token);
        ReadResult result = await reader.ReadAsync(Token);
        while (result.Buffer.Length < BlockPool.LargeSize + 100)
        {
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await reader.ReadAsync(Token);
        }

        // The end of the first block, and not the start of the second, which is the same place.
        ReadOnlySequence<byte> first = result.Buffer.Slice(0, result.Buffer.FirstSpan.Length);
        int left = (int)(result.Buffer.Length - first.Length);
        reader.AdvanceTo(first.End, result.Buffer.End);
        Task<ReadResult> pending = reader.ReadAsync(Token).AsTask();

        Assert.False(pending.IsCompleted);
        Assert.InRange(Pool.LentBytes, 1, left <= BlockPool.SmallSize / 2 ? BlockPool.SmallSize : BlockPool.LargeSize);
    }

    [Fact]
    public async Task Cancelling_wakes_a_pending_read_and_every_later_one()
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var reader = new SocketPipeReader(pair.Server, Signals(pair.Server), Pool);
        Task<ReadResult> pending = reader.ReadAsync(Token).AsTask();

        reader.CancelPendingRead();

        Assert.True((await pending.WaitAsync(RawClient.Patience, Token)).IsCanceled);
        Assert.True((await reader.ReadAsync(Token)).IsCanceled);
    }

    [Fact]
    public async Task Bytes_received_before_the_cancellation_are_still_shown()
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var reader = new SocketPipeReader(pair.Server, Signals(pair.Server), Pool);
        await pair.Client.SendAsync("PING"u8.ToArray(), Token);
        ReadResult result = await reader.ReadAsync(Token);
        reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);

        reader.CancelPendingRead();
        result = await reader.ReadAsync(Token);

        Assert.True(result.IsCanceled);
        Assert.Equal("PING"u8, result.Buffer.ToArray());
        await reader.CompleteAsync();
        Assert.Equal(0, Pool.LentBytes);
    }

    [Fact]
    public async Task The_end_of_the_clients_side_completes_the_read_behind_the_last_bytes()
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var reader = new SocketPipeReader(pair.Server, Signals(pair.Server), Pool);
        await pair.Client.SendAsync("PING"u8.ToArray(), Token);
        pair.Client.Shutdown(SocketShutdown.Send);

        ReadResult result = await reader.ReadAsync(Token);
        while (!result.IsCompleted)
        {
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await reader.ReadAsync(Token);
        }

        Assert.Equal("PING"u8, result.Buffer.ToArray());
        await reader.CompleteAsync();
        Assert.Equal(0, Pool.LentBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_is_told_apart_from_an_end(bool isReading)
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var reader = new SocketPipeReader(pair.Server, Signals(pair.Server), Pool);
        Task<ReadResult>? pending = isReading ? reader.ReadAsync(Token).AsTask() : null;

        pair.Client.Close(0);

        await Assert.ThrowsAsync<ConnectionResetException>(() => (pending ?? reader.ReadAsync(Token).AsTask()).WaitAsync(RawClient.Patience, Token));
        await reader.CompleteAsync();
        Assert.Equal(0, Pool.LentBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Safety", "CRASH-1")]
    public async Task A_socket_that_was_closed_by_another_thread_ends_the_read_as_an_aborted_connection(bool isReading)
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        SocketSignals signals = Signals(pair.Server);
        var reader = new SocketPipeReader(pair.Server, signals, Pool);
        Task<ReadResult>? pending = isReading ? reader.ReadAsync(Token).AsTask() : null;

        pair.Server.Close(0);
        signals.Close();

        Exception? thrown = await Record.ExceptionAsync(() => (pending ?? reader.ReadAsync(Token).AsTask()).WaitAsync(RawClient.Patience, Token));
        Assert.True(thrown is ConnectionAbortedException or ConnectionResetException, $"It was {thrown}.");
        await reader.CompleteAsync();
        Assert.Equal(0, Pool.LentBytes);
    }
}

public sealed class SocketPipeReaderOnTheLoopTests() : SocketPipeReaderTests(TimeSpan.Zero);

public sealed class SocketPipeReaderOnAPollingLoopTests() : SocketPipeReaderTests(TimeSpan.FromMilliseconds(1));

public sealed class SocketPipeReaderOnTheRuntimeTests() : SocketPipeReaderTests(busyPoll: null);
