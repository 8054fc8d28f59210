using System.Buffers;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Tests.Delivery;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

// SharedBody counts for the whole process: whoever looks at that count must be alone.
[Collection(nameof(SharedBodies))]
public class OutboundQueueTests
{
    private const int LargestPiece = BlockPool.LargeSize;

    private readonly BlockPool _pool = new(guards: true);
    private readonly ScriptedWriter _writer = new();
    private readonly FakeTimeProvider _time = new();
    private readonly OutboundQueue _queue;
    private int _failures;
    private int _blocks;

    public OutboundQueueTests()
    {
        _queue = new OutboundQueue(_writer, _pool, _time) { Failed = () => _failures++, Blocked = () => _blocks++ };
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    [Trait("Safety", "MEM-5")]
    [Trait("Safety", "CRASH-6")]
    public void Whatever_is_appended_comes_out_in_order_and_leaves_nothing_lent(int seed)
    {
        var random = new Random(seed);
        long bodiesBefore = SharedBody.LivingBytes;
        var expected = new ArrayBufferWriter<byte>();
        _writer.Blocks = _ => random.Next(3) == 0;

        for (int i = 0; i < 400; i++)
        {
            AppendSomething(random, expected);
            AssertExactOnceAtRest(expected.WrittenCount);
            if (random.Next(3) == 0)
            {
                _queue.Flush();
            }

            if (random.Next(3) == 0)
            {
                _writer.Unblock();
            }
        }

        _queue.Flush();
        Drain();

        Assert.True(expected.WrittenSpan.SequenceEqual(_writer.Sent));
        AssertNothingIsHeld(bodiesBefore);
        Assert.True(_queue.DrainedAsync().IsCompletedSuccessfully);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Trait("Safety", "MEM-5")]
    [Trait("Safety", "CRASH-6")]
    public void Discarding_gives_everything_back_whatever_was_under_way(int seed)
    {
        var random = new Random(seed);
        long bodiesBefore = SharedBody.LivingBytes;
        var expected = new ArrayBufferWriter<byte>();
        _writer.Blocks = _ => random.Next(2) == 0;
        FillAtRandom(random, expected);

        _queue.Discard();
        if (random.Next(2) == 0)
        {
            _writer.Fail(random.Next(2) == 0 ? new IOException() : null);
        }

        Drain();

        Assert.True(expected.WrittenSpan.StartsWith(_writer.Sent));
        AssertNothingIsHeld(bodiesBefore);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Trait("Safety", "MEM-5")]
    [Trait("Safety", "SLOW-2")]
    public void What_is_cut_gives_back_all_but_the_front_at_once_and_that_when_it_is_discarded(int seed)
    {
        var random = new Random(seed);
        long bodiesBefore = SharedBody.LivingBytes;
        var expected = new ArrayBufferWriter<byte>();
        _writer.Blocks = _ => random.Next(2) == 0;
        FillAtRandom(random, expected);
        long pending = _queue.PendingBytes;
        byte[] front = _queue.CopyPending(OutboundQueue.KeptWhenCut);

        _queue.Cut();

        Assert.Equal(front, _queue.CopyPending(OutboundQueue.KeptWhenCut));
        Assert.Equal(pending, _queue.BytesWhenCut);
        Assert.InRange(_queue.PendingBytes, front.Length, front.Length + LargestPiece);
        Assert.InRange(_pool.LentBytes + SharedBody.LivingBytes - bodiesBefore, 0, OutboundQueue.KeptWhenCut + (2 * LargestPiece));
        if (random.Next(2) == 0)
        {
            _writer.Fail(new IOException());
        }

        _queue.Discard();
        Drain();
        AssertNothingIsHeld(bodiesBefore);
    }

    [Fact]
    [Trait("Safety", "CRASH-6")]
    public void A_write_under_way_keeps_its_block_until_it_has_ended()
    {
        _writer.Blocks = static _ => true;
        Append(new byte[100]);
        _queue.Flush();

        _queue.Discard();

        Assert.Equal(BlockPool.SmallSize, _pool.LentBytes);
        _writer.Unblock();
        Assert.Equal(0, _pool.LentBytes);
        Assert.Equal(new byte[100], _writer.Sent);
    }

    [Fact]
    public async Task Several_threads_append_at_once_and_each_ones_bytes_stay_in_order()
    {
        const int Appenders = 4, Appends = 5000;
        var random = new Random(5);
        _writer.Blocks = _ => random.Next(4) == 0;
        using var stop = new CancellationTokenSource();
        Task unblocking = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (!_writer.Unblock())
                    {
                        Thread.Yield();
                    }
                }
            },
            TestContext.Current.CancellationToken);

        await Task.WhenAll(Enumerable.Range(0, Appenders).Select(appender => Task.Run(() =>
        {
            for (int i = 0; i < Appends; i++)
            {
                AppendAndFlush([(byte)appender, (byte)i, (byte)(i >> 8), .. new byte[i % 300]]);
            }
        })));
        await _queue.DrainedAsync();
        await stop.CancelAsync();
        await unblocking;

        var next = new int[Appenders];
        byte[] sent = _writer.Sent;
        for (int at = 0; at < sent.Length;)
        {
            int i = sent[at + 1] | (sent[at + 2] << 8);
            Assert.Equal(next[sent[at]]++, i);
            at += 3 + (i % 300);
        }

        Assert.All(next, count => Assert.Equal(Appends, count));
        Assert.Equal(0, _queue.PendingBytes);
        Assert.Equal(0, _pool.LentBytes);
    }

    [Fact]
    public void Only_the_first_append_since_the_last_flush_owes_one()
    {
        Append(new byte[10]);
        Assert.True(TakesFlushDuty());
        Append(new byte[10]);
        Assert.False(TakesFlushDuty());

        _queue.Flush();
        Append(new byte[10]);

        Assert.True(TakesFlushDuty());
    }

    [Fact]
    public void While_a_write_is_under_way_nobody_owes_a_flush_and_all_is_sent()
    {
        _writer.Blocks = static length => length == 10;
        AppendAndFlush(new byte[10]);

        Append(new byte[11]);
        Assert.False(TakesFlushDuty());
        _writer.Unblock();

        Assert.Equal(21, _writer.SentBytes);
        Assert.Equal(1, _blocks);
    }

    [Fact]
    public void A_blocked_write_is_timed_and_an_ended_one_is_not()
    {
        _writer.Blocks = static _ => true;
        AppendAndFlush(new byte[10]);

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(TimeSpan.FromSeconds(3), _queue.BlockedFor);
        _writer.Unblock();
        Assert.Equal(TimeSpan.Zero, _queue.BlockedFor);
    }

    [Fact]
    [Trait("Safety", "SLOW-5")]
    public void After_many_sends_in_a_row_the_rest_waits_for_the_connections_turn()
    {
        var turns = new Turns();
        var queue = new OutboundQueue(_writer, _pool, _time, turns) { Failed = () => _failures++, Blocked = () => _blocks++ };
        using (queue.Gate.EnterScope())
        {
            queue.Write(new byte[100 * BlockPool.LargeSize]);
        }

        queue.Flush();
        long first = _writer.SentBytes;
        while (turns.Work.TryDequeue(out IThreadPoolWorkItem? work))
        {
            work.Execute();
        }

        Assert.InRange(first, 1, 50 * BlockPool.LargeSize);
        Assert.Equal(100 * BlockPool.LargeSize, _writer.SentBytes);
        Assert.Equal(0, queue.PendingBytes);
    }

    [Fact]
    public void A_large_shared_body_is_sent_in_pieces_so_that_progress_shows()
    {
        SharedBody body = Body(1024 * 1024);
        using (_queue.Gate.EnterScope())
        {
            _queue.Write("MSG a 1 1048574\r\n"u8);
            _queue.Write(body, 0);
        }

        body.Release();
        _queue.Flush();

        Assert.InRange(_writer.LargestWrite, 1, 256 * 1024);
        Assert.Equal((1024 * 1024) + 17, _writer.SentBytes);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OperationCanceledException))]
    public void A_write_that_fails_at_once_is_reported_once_and_closes_the_queue(Type failure)
    {
        _writer.Blocks = _ => throw (Exception)Activator.CreateInstance(failure, "gone")!;
        AppendAndFlush(new byte[10]);

        _queue.Discard();

        Assert.Equal(1, _failures);
        Assert.Equal(0, _pool.LentBytes);
        Assert.True(_queue.DrainedAsync().IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(OperationCanceledException))]
    public void A_write_that_fails_while_it_waits_is_reported_once_and_closes_the_queue(Type failure)
    {
        _writer.Blocks = static _ => true;
        AppendAndFlush(new byte[10]);

        _writer.Fail((Exception)Activator.CreateInstance(failure, "gone")!);
        _queue.Discard();

        Assert.Equal(1, _failures);
        Assert.False(_queue.IsOpen);
        Assert.Equal(0, _pool.LentBytes);
        Assert.True(_queue.DrainedAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Waiting_for_room_ends_when_enough_was_taken()
    {
        _writer.Blocks = static _ => true;
        AppendAndFlush(new byte[100]);

        Task room = _queue.RoomBelowAsync(50);
        Assert.False(room.IsCompleted);
        _writer.Unblock();

        await room;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Waiting_for_room_ends_when_the_queue_does(bool discards)
    {
        _writer.Blocks = static _ => true;
        AppendAndFlush(new byte[100]);
        Task room = _queue.RoomBelowAsync(50);
        Assert.False(room.IsCompleted);

        (discards ? (Action)_queue.Discard : _queue.Close)();

        await room.WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);
        await _queue.RoomBelowAsync(50);
    }

    [Fact]
    public void A_copy_of_what_is_pending_shows_the_oldest_bytes_across_blocks_and_shared_bodies()
    {
        SharedBody body = Body(20_000);
        using (_queue.Gate.EnterScope())
        {
            _queue.Write("first"u8);
            _queue.Write(body, 19_990);
            _queue.Write("last"u8);
        }

        Assert.Equal([.. "first"u8, .. body.Memory.Span[19_990..], .. "la"u8], _queue.CopyPending(17));
        _queue.Discard();
        body.Release();
    }

    // A long run goes on in the pool; between a send and its count the two differ.
    private void AssertExactOnceAtRest(long written) => Assert.True(
        SpinWait.SpinUntil(() => written - _writer.SentBytes == _queue.PendingBytes, TimeSpan.FromSeconds(5)),
        $"{written} bytes were queued, {_writer.SentBytes} sent, {_queue.PendingBytes} are pending.");

    private static SharedBody Body(int length, byte fill = 7)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(fill);
        var message = new Message { Body = bytes, Length = length - 2 };
        return SharedBody.Copy(in message);
    }

    private void FillAtRandom(Random random, ArrayBufferWriter<byte> expected)
    {
        for (int i = random.Next(60); i >= 0; i--)
        {
            AppendSomething(random, expected);
            if (random.Next(4) == 0)
            {
                _queue.Flush();
            }

            if (random.Next(4) == 0)
            {
                _writer.Unblock();
            }
        }
    }

    private void AssertNothingIsHeld(long bodiesBefore)
    {
        Assert.Equal(0, _queue.PendingBytes);
        Assert.Equal(0, _pool.LentBytes);
        Assert.Equal(bodiesBefore, SharedBody.LivingBytes);
    }

    private void AppendSomething(Random random, ArrayBufferWriter<byte> expected)
    {
        int length = random.Next(4) switch { 0 => random.Next(1, 20), 1 => random.Next(1, 3000), 2 => random.Next(1, 10_000), _ => random.Next(1, 150_000) };
        if (random.Next(4) == 0)
        {
            // As messages are written: a line, then the shared body behind its header block.
            SharedBody body = Body(Math.Max(length, 2), (byte)random.Next(200));
            int from = random.Next(body.Memory.Length - 1);
            var line = new byte[random.Next(1, 60)];
            random.NextBytes(line);
            using (_queue.Gate.EnterScope())
            {
                _queue.Write(line);
                _queue.Write(body, from);
            }

            expected.Write(line);
            expected.Write(body.Memory.Span[from..]);
            body.Release();
            return;
        }

        var bytes = new byte[length];
        random.NextBytes(bytes);
        expected.Write(bytes);
        using (_queue.Gate.EnterScope())
        {
            if (length < 60 && random.Next(2) == 0)
            {
                bytes.CopyTo(_queue.Reserve(length + random.Next(10)));
                _queue.Commit(length);
            }
            else
            {
                _queue.Write(bytes);
            }
        }
    }

    private void Append(byte[] bytes)
    {
        using (_queue.Gate.EnterScope())
        {
            _queue.Write(bytes);
        }
    }

    private void AppendAndFlush(byte[] bytes)
    {
        bool isOwed;
        using (_queue.Gate.EnterScope())
        {
            _queue.Write(bytes);
            isOwed = _queue.TakeFlushDuty();
        }

        if (isOwed)
        {
            _queue.Flush();
        }
    }

    private bool TakesFlushDuty()
    {
        using (_queue.Gate.EnterScope())
        {
            return _queue.TakeFlushDuty();
        }
    }

    // A long run goes on in the pool: waits for that, too.
    private void Drain()
    {
        _writer.Blocks = static _ => false;
        Task drained = _queue.DrainedAsync();
        SpinWait.SpinUntil(() => !_writer.Unblock() && drained.IsCompleted, TimeSpan.FromSeconds(5));
        Assert.True(drained.IsCompleted);
    }

    private sealed class Turns : ITurnTaker
    {
        public Queue<IThreadPoolWorkItem> Work { get; } = new();

        public void TakeTurn(IThreadPoolWorkItem work) => Work.Enqueue(work);
    }
}
