using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Transport;

public abstract class SocketPipeWriterTests : SocketTests
{
    private protected SocketPipeWriterTests(TimeSpan? busyPoll)
        : base(busyPoll)
    {
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_the_socket_takes_at_a_time_every_byte_arrives_once_and_in_order(int seed)
    {
        using SocketPair pair = await SocketPair.CreateAsync(bufferSize: 8 * 1024);
        var writer = new SocketPipeWriter(pair.Server, Signals(pair.Server));
        var random = new Random(seed);
        var sent = new byte[3_000_000];
        random.NextBytes(sent);
        Task writing = Task.Run(
            async () =>
            {
                for (int at = 0; at < sent.Length;)
                {
                    int length = Math.Min(random.Next(1, 100_000), sent.Length - at);
                    FlushResult result = await writer.WriteAsync(sent.AsMemory(at, length), Token);
                    Assert.False(result.IsCompleted);
                    at += length;
                }

                pair.Server.Shutdown(SocketShutdown.Send);
            },
            Token);

        var received = new byte[sent.Length + 1];
        int count = 0;
        for (int read = -1; read != 0; count += read)
        {
            read = await pair.Client.ReceiveAsync(received.AsMemory(count, Math.Min(random.Next(1, 50_000), received.Length - count)), Token);
        }

        await writing;
        Assert.True(sent.AsSpan().SequenceEqual(received.AsSpan(0, count)));
    }

    [Fact]
    public async Task A_write_that_waits_ends_when_the_connection_is_aborted()
    {
        using SocketPair pair = await SocketPair.CreateAsync(bufferSize: 8 * 1024);
        var connection = new SocketConnection(pair.Server, Signals(pair.Server), Pool);
        Task<FlushResult> waiting = connection.Output.WriteAsync(new byte[4_000_000], Token).AsTask();
        Assert.False(waiting.IsCompleted);

        connection.Abort(new ConnectionAbortedException("enough"));

        Assert.True((await waiting.WaitAsync(RawClient.Patience, Token)).IsCompleted);
        Assert.True((await connection.Output.WriteAsync(new byte[10], Token)).IsCompleted);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_is_gone_is_a_result_and_no_exception()
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var writer = new SocketPipeWriter(pair.Server, Signals(pair.Server));
        pair.Client.Close(0);

        FlushResult result = default;
        for (int i = 0; i < 1000 && !result.IsCompleted; i++)
        {
            result = await writer.WriteAsync(new byte[1000], Token);
        }

        Assert.True(result.IsCompleted);
    }

    [Fact]
    public async Task What_was_put_in_the_buffer_goes_out_with_the_flush()
    {
        using SocketPair pair = await SocketPair.CreateAsync();
        var writer = new SocketPipeWriter(pair.Server, Signals(pair.Server));
        "PO"u8.CopyTo(writer.GetSpan(2));
        writer.Advance(2);
        "NG"u8.CopyTo(writer.GetMemory(2).Span);
        writer.Advance(2);
        Assert.Equal(4, writer.UnflushedBytes);

        await writer.FlushAsync(Token);

        var received = new byte[10];
        Assert.Equal(4, await pair.Client.ReceiveAsync(received, Token));
        Assert.Equal("PONG"u8, received[..4]);
        Assert.Equal(0, writer.UnflushedBytes);
    }

    [Fact]
    [Trait("Safety", "CRASH-7")]
    public async Task Aborting_and_disposing_by_many_threads_at_once_is_harmless_and_tells_who_listens()
    {
        for (int round = 0; round < 30; round++)
        {
            using SocketPair pair = await SocketPair.CreateAsync();
            var connection = new SocketConnection(pair.Server, Signals(pair.Server), Pool);
            CancellationToken closed = connection.ConnectionClosed;
            Task<ReadResult> reading = connection.Input.ReadAsync(Token).AsTask();

            await Task.WhenAll(
                Task.Run(() => connection.Abort(new ConnectionAbortedException("one")), Token),
                Task.Run(() => connection.Abort(new ConnectionAbortedException("two")), Token),
                Task.Run(connection.Input.CancelPendingRead, Token));

            Exception? thrown = await Record.ExceptionAsync(() => reading.WaitAsync(RawClient.Patience, Token));
            Assert.True(thrown is null or ConnectionAbortedException or ConnectionResetException, $"It was {thrown}.");
            await connection.DisposeAsync();
            Assert.True(closed.IsCancellationRequested && connection.ConnectionClosed.IsCancellationRequested);
            Assert.Equal(0, Pool.LentBytes);
        }
    }
}

public sealed class SocketPipeWriterOnTheLoopTests() : SocketPipeWriterTests(TimeSpan.Zero);

public sealed class SocketPipeWriterOnAPollingLoopTests() : SocketPipeWriterTests(TimeSpan.FromMilliseconds(1));

public sealed class SocketPipeWriterOnTheRuntimeTests() : SocketPipeWriterTests(busyPoll: null);
