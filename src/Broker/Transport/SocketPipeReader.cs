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
internal sealed class SocketPipeReader(Socket socket, SocketSignals signals, BlockPool pool) : PipeReader
{
    // Large blocks are for streams: who has sent less than this may be anybody.
    private const int StreamLength = 1024 * 1024;

    private Segment? _head;
    private Segment? _tail;
    private Segment? _spare; // the one used last: a read that is consumed whole then allocates nothing
    private int _headStart;
    private bool _hasUnexamined;
    private bool _isEnded;
    private bool _isDrained;
    private int _streamed; // bytes received, up to StreamLength
    private volatile bool _isCanceled;

    /// <summary>What is done to the bytes that are received from now on; null for nothing. Set between two reads.</summary>
    public IReceiveFilter? Filter { get; set; }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        bool mustWait = _isDrained || signals.TakesTurns;
        while (!TryGetResult(out _))
        {
            if (mustWait)
            {
                await WaitForDataAsync().ConfigureAwait(false);
            }

            mustWait = !TryReceive();
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
            ReleaseHead();
        }

        _headStart = consumed.GetInteger();
        while (_head != _tail && _headStart == _head.Length)
        {
            // Consumed to the very end of a block: the position may stand there instead of at the start of the next.
            ReleaseHead();
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
        signals.WakeReader();
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

    // True where the wait is over: data, the end, or nobody wants to read any more.
    private bool TryReceive()
    {
        if (_isCanceled)
        {
            return true;
        }

        Span<byte> room = GetRoom();
        int received = Receive(room, out SocketError error);
        switch (error)
        {
            case SocketError.Success when received > 0:
                Take(received);
                _isDrained = received < room.Length;
                return true;
            case SocketError.Success:
                _isEnded = true;
                return true;
            case SocketError.WouldBlock:
                _isDrained = true;
                return false;
            default:
                throw new ConnectionResetException("The client ended the connection without closing it.", new SocketException((int)error));
        }
    }

    private int BlockSize => _streamed < StreamLength ? BlockPool.MediumSize : BlockPool.LargeSize;

    private void Take(int received)
    {
        _streamed = Math.Min(StreamLength, _streamed + received);
        if (Filter is { } filter)
        {
            received = filter.Apply(_tail!.Room[..received]);
            _isEnded = filter.IsEnded;
        }

        _tail!.Extend(received);
        _hasUnexamined = received > 0;
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitForDataAsync()
    {
        if (_isDrained)
        {
            HoldLittleWhileWaiting();
        }

        try
        {
            await signals.WaitForDataAsync(mayBeThere: !_isDrained).ConfigureAwait(false);
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
            _head = _tail = CreateSegment(pool.Rent(BlockSize));
            _headStart = 0;
        }
        else if (_head == _tail && _tail.Block.Length == BlockPool.SmallSize)
        {
            MoveTo(pool.Rent(BlockSize));
        }
        else if (_head == _tail && _headStart > 0 && _tail.Length - _headStart <= _tail.Block.Length / 4)
        {
            // So little is cheaper to move than to read across two blocks.
            _tail.MoveToFront(_headStart);
            _headStart = 0;
        }

        if (_tail.Room.Length < _tail.Block.Length / 8)
        {
            _tail = _tail.Append(CreateSegment(pool.Rent(BlockSize)));
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
            MoveTo(pool.Rent(BlockPool.SmallSize));
        }
    }

    private void MoveTo(byte[] block)
    {
        ReadOnlySpan<byte> unread = _tail!.Block.AsSpan(_headStart, _tail.Length - _headStart);
        unread.CopyTo(block);
        int length = unread.Length;
        Release();
        Segment segment = CreateSegment(block);
        segment.Extend(length);
        _head = _tail = segment;
    }

    private void Release()
    {
        while (_head is not null)
        {
            ReleaseHead();
        }

        _tail = null;
        _headStart = 0;
        _hasUnexamined = false;
    }

    private Segment CreateSegment(byte[] block)
    {
        Segment segment = _spare ?? new Segment();
        _spare = null;
        segment.Begin(block);
        return segment;
    }

    private void ReleaseHead()
    {
        Segment head = _head!;
        pool.Return(head.Block);
        _head = head.NextSegment;
        head.End();
        _spare = head;
    }

    /// <summary>A block with the bytes received into it so far.</summary>
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public byte[] Block { get; private set; } = [];

        public int Length { get; private set; }

        public Segment? NextSegment => (Segment?)Next;

        public Span<byte> Room => Block.AsSpan(Length);

        public void Begin(byte[] block)
        {
            Block = block;
            Length = 0;
            RunningIndex = 0;
        }

        public void End()
        {
            Block = [];
            Memory = default;
            Next = null;
        }

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

        public Segment Append(Segment next)
        {
            next.RunningIndex = RunningIndex + Length;
            Next = next;
            return next;
        }
    }
}
