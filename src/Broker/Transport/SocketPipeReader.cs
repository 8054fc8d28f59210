using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace NatsKestrel.Broker.Transport;

/// <summary>Reads a socket straight into large blocks, and holds none while there is nothing to read.</summary>
/// <remarks>
/// What the consumer leaves unread moves to the front of the block when it is short, so that a command is split over two
/// blocks only when it is long; and to a small block when the peer takes its time, so that a thousand half-written lines do
/// not hold a thousand large blocks.
/// </remarks>
internal sealed class SocketPipeReader(Socket socket, BlockPool pool) : PipeReader
{
    // Leftovers up to this size are cheaper to move than to read across two blocks.
    private const int MaxMovedBytes = BlockPool.LargeSize / 4;

    private Segment? _head;
    private Segment? _tail;
    private int _headStart;
    private bool _hasUnexamined;
    private bool _isEnded;
    private bool _isDrained;
    private volatile bool _isCanceled;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (!TryGetResult(out _))
        {
            // After a receive that did not fill its block the socket is very likely empty: asking it would be a wasted call.
            if (_isDrained || !TryReceive())
            {
                HoldLittleWhileWaiting();
                await WaitForDataAsync(cancellationToken).ConfigureAwait(false);
                _isDrained = false;
            }
        }

        TryGetResult(out ReadResult result);
        return result;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => TryGetResult(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_head is null)
        {
            return;
        }

        var consumedSegment = (Segment)consumed.GetObject()!;
        while (_head != consumedSegment)
        {
            Segment next = _head!.NextSegment!;
            pool.Return(_head.Block);
            _head = next;
        }

        _headStart = consumed.GetInteger();
        while (_head != _tail && _headStart == _head.Length)
        {
            // Consumed to the very end of a block: the position may stand there instead of at the start of the next.
            Segment next = _head.NextSegment!;
            pool.Return(_head.Block);
            _head = next;
            _headStart = 0;
        }

        _hasUnexamined = examined.GetObject() != _tail || examined.GetInteger() < _tail!.Length;
        if (_head == _tail && _headStart == _tail!.Length)
        {
            Release();
        }
    }

    /// <summary>Ends the pending read, and all later ones: the connection is being closed.</summary>
    public override void CancelPendingRead()
    {
        _isCanceled = true;
        try
        {
            // The only way to wake a pending receive without a cancellation token, which would cost every read an allocation.
            socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Already gone: the pending read has ended by itself.
        }
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        _isEnded = true;
        Release();
    }

    private bool TryGetResult(out ReadResult result)
    {
        if (!_isCanceled && !_isEnded && !_hasUnexamined)
        {
            result = default;
            return false;
        }

        var buffer = _head is null
            ? ReadOnlySequence<byte>.Empty
            : new ReadOnlySequence<byte>(_head, _headStart, _tail!, _tail!.Length);
        result = new ReadResult(buffer, _isCanceled, _isEnded);
        return true;
    }

    private bool TryReceive()
    {
        Span<byte> room = GetRoom();
        int received = Receive(room, out SocketError error);
        switch (error)
        {
            case SocketError.Success when received > 0:
                _tail!.Extend(received);
                _hasUnexamined = true;
                _isDrained = received < room.Length;
                return true;
            case SocketError.Success:
                _isEnded = true;
                return true;
            case SocketError.WouldBlock:
                return false;
            default:
                throw new ConnectionResetException("The client ended the connection without closing it.", new SocketException((int)error));
        }
    }

    private int Receive(Span<byte> room, out SocketError error)
    {
        try
        {
            return socket.Receive(room, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException exception)
        {
            throw new ConnectionAbortedException("The connection was aborted.", exception);
        }
    }

    // A receive into no room completes when there is data (or the end, or an error), and needs no block until then.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception) when (!_isCanceled)
        {
            throw new ConnectionResetException("The client ended the connection without closing it.", exception);
        }
        catch (ObjectDisposedException exception) when (!_isCanceled)
        {
            throw new ConnectionAbortedException("The connection was aborted.", exception);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // Cancelled: the result says so.
        }
    }

    private Span<byte> GetRoom()
    {
        if (_tail is null)
        {
            _head = _tail = new Segment(pool.RentLarge());
            _headStart = 0;
        }
        else if (_head == _tail && _headStart > 0 && _tail.Length - _headStart <= MaxMovedBytes)
        {
            _tail.MoveToFront(_headStart);
            _headStart = 0;
        }

        if (_tail.Room.Length < _tail.Block.Length / 8)
        {
            _tail = _tail.Append(pool.RentLarge());
        }

        return _tail.Room;
    }

    private void HoldLittleWhileWaiting()
    {
        if (_head is null)
        {
            return;
        }

        int unread = _head == _tail ? _tail.Length - _headStart : int.MaxValue;
        if (unread == 0)
        {
            Release();
        }
        else if (unread <= BlockPool.SmallSize / 2 && _tail!.Block.Length > BlockPool.SmallSize)
        {
            var small = new Segment(pool.RentSmall());
            _tail.Block.AsSpan(_headStart, unread).CopyTo(small.Room);
            small.Extend(unread);
            Release();
            _head = _tail = small;
        }
    }

    private void Release()
    {
        for (Segment? segment = _head; segment is not null; segment = segment.NextSegment)
        {
            pool.Return(segment.Block);
        }

        _head = _tail = null;
        _headStart = 0;
        _hasUnexamined = false;
    }

    /// <summary>A block with the bytes received into it so far.</summary>
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] block) => Block = block;

        public byte[] Block { get; }

        public int Length { get; private set; }

        public Segment? NextSegment => (Segment?)Next;

        public Span<byte> Room => Block.AsSpan(Length);

        public void Extend(int count)
        {
            Length += count;
            Memory = Block.AsMemory(0, Length);
        }

        public void MoveToFront(int start)
        {
            Block.AsSpan(start, Length - start).CopyTo(Block);
            Length -= start;
            Memory = Block.AsMemory(0, Length);
        }

        public Segment Append(byte[] block)
        {
            var next = new Segment(block) { RunningIndex = RunningIndex + Length };
            Next = next;
            return next;
        }
    }
}
