using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.Broker.Connections;

/// <summary>What waits to be sent to one client: any thread appends, one at a time sends.</summary>
/// <remarks>
/// Bytes are copied into blocks under <see cref="Gate"/>, and sent outside of it by whoever flushes first; what is appended
/// meanwhile is sent by the same run. A run that finds the socket full goes on when the socket has room again.
/// </remarks>
internal sealed class OutboundQueue : IThreadPoolWorkItem
{
    // One flusher sends at most this many blocks before the rest waits for the connection's next turn: a publisher must get back to its own reading.
    private const int MaxSendsInARow = 32;

    // Large shared bodies go out in pieces, so that what is pending is known to this precision.
    private const int MaxSendLength = 256 * 1024;

    // A ring that once held more than this is let go when it is empty: a burst must not cost memory for ever.
    private const int MaxKeptPieces = 64;

    /// <summary>So much is kept, at least, of what is queued when it is cut: to be looked at.</summary>
    public const int KeptWhenCut = 128 * 1024;

    /// <summary>The most that <see cref="Reserve"/> can give.</summary>
    public const int MaxReserve = BlockPool.MediumSize - HeadedPipeWriter.MaxHeaderRoom;

    private PipeWriter _output;
    private HeadedPipeWriter? _headed; // the same, where it is one
    private readonly BlockPool _pool;
    private readonly TimeProvider _time;
    private readonly ITurnTaker _turns;
    private readonly Action _onWritten;

    // Guarded by Gate. The ring holds what is queued, oldest first; its last piece may still grow (up to _blockEnd in _block).
    private Piece[] _ring = [];
    private int _first;
    private int _count;
    private byte[]? _block;
    private int _blockEnd;
    private bool _isOpenPiece;
    private int _blockSize;
    private bool _isWriting;
    private bool _isFlushOwed;
    private bool _isClosed;
    private bool _isFailed;
    private bool _isDiscarded;
    private TaskCompletionSource? _drained;
    private TaskCompletionSource? _room;
    private long _roomThreshold;

    // Touched by the one run that writes.
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _write;
    private int _inFlight;
    private long _blockedSince;

    public OutboundQueue(PipeWriter output, BlockPool pool, TimeProvider time, ITurnTaker? turns = null)
    {
        _output = output;
        _headed = output as HeadedPipeWriter;
        _pool = pool;
        _time = time;
        _turns = turns ?? PoolTurns.Instance;
        _onWritten = OnWritten;
    }

    /// <summary>Guards the queue and the counters of what was queued. Nothing else is locked while it is held.</summary>
    public BriefLock Gate { get; } = new();

    /// <summary>Bytes queued that the transport has not taken yet. Exact under <see cref="Gate"/>, a moment old elsewhere.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Bytes that were queued when the queue was cut; 0 where it was not.</summary>
    public long BytesWhenCut { get; private set; }

    /// <summary>False once nothing more may be appended.</summary>
    public bool IsOpen => !_isClosed;

    /// <summary>Called when the transport refuses a write; from any thread.</summary>
    public required Action Failed { get; init; }

    /// <summary>Called when a write had to wait for the socket; from any thread.</summary>
    public required Action Blocked { get; init; }

    /// <summary>True while a write waits for the socket.</summary>
    public bool IsBlocked => Volatile.Read(ref _blockedSince) != 0;

    /// <summary>How long the write under way has been waiting for the socket; zero when none is.</summary>
    public TimeSpan BlockedFor
    {
        get
        {
            long since = Volatile.Read(ref _blockedSince);
            return since == 0 ? TimeSpan.Zero : _time.GetElapsedTime(since);
        }
    }

    /// <summary>True where the caller of the append now owes a <see cref="Flush"/>. Under <see cref="Gate"/>, after an append.</summary>
    public bool TakeFlushDuty()
    {
        if (_isWriting || _isFlushOwed)
        {
            return false;
        }

        _isFlushOwed = true;
        return true;
    }

    /// <summary>Room for a short piece of output in one span, under <see cref="Gate"/>; <see cref="Commit"/> says how much was used.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_block is null || _block.Length - _blockEnd < length)
        {
            AddBlock(length);
        }

        return _block.AsSpan(_blockEnd);
    }

    /// <summary>Appends the first <paramref name="length"/> bytes of what <see cref="Reserve"/> gave.</summary>
    public void Commit(int length)
    {
        if (!_isOpenPiece)
        {
            Push(new Piece { Block = _block, Start = _blockEnd });
            _isOpenPiece = true;
        }

        _blockEnd += length;
        PendingBytes += length;
    }

    /// <summary>Appends bytes, over as many blocks as it takes. Under <see cref="Gate"/>.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = Reserve(1);
            int length = Math.Min(room.Length, bytes.Length);
            bytes[..length].CopyTo(room);
            Commit(length);
            bytes = bytes[length..];
        }
    }

    /// <summary>Appends a body split over several buffers. Under <see cref="Gate"/>.</summary>
    public void Write(in ReadOnlySequence<byte> bytes)
    {
        foreach (ReadOnlyMemory<byte> memory in bytes)
        {
            Write(memory.Span);
        }
    }

    /// <summary>Appends a shared body from <paramref name="from"/> on without copying it. Under <see cref="Gate"/>.</summary>
    public void Write(SharedBody shared, int from)
    {
        ClosePiece();
        shared.Retain();
        int length = shared.Memory.Length;
        Push(new Piece { Shared = shared, Start = from, End = length });
        PendingBytes += length - from;
    }

    /// <summary>Sends by another writer from now on; called when nothing is queued and nobody else appends yet.</summary>
    public void SwitchTo(PipeWriter output)
    {
        using (Gate.EnterScope())
        {
            _output = output;
            _headed = output as HeadedPipeWriter;
        }
    }

    /// <summary>Sends what is queued, unless that is already under way. Never waits for the socket.</summary>
    public void Flush()
    {
        using (Gate.EnterScope())
        {
            _isFlushOwed = false;
            if (_isWriting || _count == 0 || _isFailed || _isDiscarded)
            {
                return;
            }

            _isWriting = true;
            _blockSize = (int)Math.Clamp(PendingBytes, _blockSize - (_blockSize / 8), BlockPool.LargeSize);
        }

        Send();
    }

    /// <summary>Takes nothing more; what is queued can still be flushed.</summary>
    public void Close()
    {
        using (Gate.EnterScope())
        {
            _isClosed = true;
            _room?.TrySetResult();
        }
    }

    /// <summary>Takes and sends nothing more. The front of what is queued stays to be looked at until <see cref="Discard"/>; the memory of the rest is back when this returns.</summary>
    public void Cut()
    {
        using (Gate.EnterScope())
        {
            BytesWhenCut = Math.Max(BytesWhenCut, PendingBytes);
            _isClosed = true;
            _isFailed = true;
            _room?.TrySetResult();
            ReleaseBehind(KeptWhenCut);
        }
    }

    /// <summary>Throws away what is queued and gives its memory back (once a write under way has ended).</summary>
    public void Discard()
    {
        using (Gate.EnterScope())
        {
            _isClosed = true;
            _isDiscarded = true;
            _room?.TrySetResult();
            if (!_isWriting)
            {
                ReleaseAll();
            }
        }
    }

    /// <summary>Completes when all that was queued has been taken by the transport, or was discarded.</summary>
    public Task DrainedAsync()
    {
        using (Gate.EnterScope())
        {
            if (!_isWriting && (_count == 0 || _isFailed))
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Completes when less than <paramref name="threshold"/> bytes are pending, or the queue was closed.</summary>
    public Task RoomBelowAsync(long threshold)
    {
        using (Gate.EnterScope())
        {
            if (PendingBytes < threshold || _isClosed)
            {
                return Task.CompletedTask;
            }

            _roomThreshold = threshold;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>A copy of what is queued, oldest first and at most <paramref name="maxBytes"/>: for the forensics of a slow consumer.</summary>
    public byte[] CopyPending(int maxBytes)
    {
        using (Gate.EnterScope())
        {
            var copy = new ArrayBufferWriter<byte>((int)Math.Clamp(PendingBytes, 1, maxBytes));
            for (int i = 0; i < _count && copy.WrittenCount < maxBytes; i++)
            {
                ReadOnlySpan<byte> bytes = Bytes(i).Span;
                copy.Write(bytes[..Math.Min(bytes.Length, maxBytes - copy.WrittenCount)]);
            }

            return copy.WrittenSpan.ToArray();
        }
    }

    void IThreadPoolWorkItem.Execute() => Send();

    private void Send()
    {
        for (int sends = 0; TryTakeNext(out ReadOnlyMemory<byte> next, out ArraySegment<byte> own); sends++)
        {
            if (sends == MaxSendsInARow)
            {
                _turns.TakeTurn(this);
                return;
            }

            _inFlight = next.Length;
            if (!TryWrite(next, own))
            {
                return;
            }
        }
    }

    // True where the bytes were taken at once (or never will be); false where OnWritten goes on.
    private bool TryWrite(ReadOnlyMemory<byte> bytes, ArraySegment<byte> own)
    {
        try
        {
#pragma warning disable CA2012 // Kept in a field, yet consumed once: by CompleteWrite, whichever thread runs it.
            _write = (_headed is not null && own.Array is not null ? _headed.WriteAsync(own) : _output.WriteAsync(bytes)).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException)
        {
            // A pipe whose writing end was completed: the connection is being torn down.
            Fail();
            return true;
        }

        if (!_write.IsCompleted)
        {
            Volatile.Write(ref _blockedSince, _time.GetTimestamp());
            Blocked();
            _write.UnsafeOnCompleted(_onWritten);
            return false;
        }

        CompleteWrite();
        return true;
    }

    private void OnWritten()
    {
        Volatile.Write(ref _blockedSince, 0);
        CompleteWrite();
        Send();
    }

    private void CompleteWrite()
    {
        bool isTaken;
        try
        {
            isTaken = !_write.GetResult().IsCompleted;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException)
        {
            isTaken = false;
        }

        if (isTaken)
        {
            Taken(_inFlight);
        }
        else
        {
            Fail();
        }
    }

    private void Fail()
    {
        Cut();
        Failed();
    }

    // The oldest bytes; the second is the same where they lie in a block of this queue's own, whose bytes before them are sent already.
    private bool TryTakeNext(out ReadOnlyMemory<byte> next, out ArraySegment<byte> own)
    {
        own = default;
        using (Gate.EnterScope())
        {
            if (_isDiscarded)
            {
                ReleaseAll();
            }

            if (_count == 0 || _isFailed)
            {
                next = default;
                _isWriting = false;
                _drained?.TrySetResult();
                return false;
            }

            next = Bytes(0);
            if (next.Length > MaxSendLength)
            {
                next = next[..MaxSendLength];
            }

            if (At(0) is { Block: { } block, Start: var start })
            {
                own = new ArraySegment<byte>(block, start, next.Length);
            }

            return true;
        }
    }

    private void Taken(int length)
    {
        using (Gate.EnterScope())
        {
            PendingBytes -= length;
            ref Piece head = ref At(0);
            head.Start += length;
            if (head.Start == EndOf(in head, isLast: _count == 1))
            {
                Pop();
            }

            if (_room is not null && PendingBytes < _roomThreshold)
            {
                _room.TrySetResult();
                _room = null;
            }
        }
    }

    private ReadOnlyMemory<byte> Bytes(int index)
    {
        ref Piece piece = ref At(index);
        int end = EndOf(in piece, isLast: index == _count - 1);
        return piece.Shared is { } shared ? shared.Memory[piece.Start..end] : piece.Block.AsMemory(piece.Start, end - piece.Start);
    }

    private int EndOf(in Piece piece, bool isLast) => isLast && _isOpenPiece ? _blockEnd : piece.End;

    private void AddBlock(int length)
    {
        ClosePiece();
        ReleaseBlockUnlessQueued();

        // For as much as went out with the last flushes; and for more than a little, where one block was not enough.
        int size = _count == 0 ? _blockSize : Math.Max(_blockSize, BlockPool.MediumSize);
        int room = _headed?.HeaderRoom ?? 0;
        _block = _pool.Rent(Math.Max(size, room + length));
        _blockEnd = room;
    }

    private void ClosePiece()
    {
        if (_isOpenPiece)
        {
            At(_count - 1).End = _blockEnd;
            _isOpenPiece = false;
        }
    }

    private void Push(Piece piece)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        _count++;
        At(_count - 1) = piece;
    }

    private void Pop()
    {
        Piece piece = At(0);
        At(0) = default;
        _isOpenPiece &= _count > 1;
        _first = (_first + 1) & (_ring.Length - 1);
        _count--;
        Release(in piece);
        if (_count == 0)
        {
            ReleaseBlock();
            if (_ring.Length > MaxKeptPieces)
            {
                _ring = [];
                _first = 0;
            }
        }
    }

    // Of a piece that is in the ring no more.
    private void Release(in Piece piece)
    {
        if (piece.Shared is { } shared)
        {
            shared.Release();
        }
        else if (piece.Block != _block && !IsQueued(piece.Block!))
        {
            _pool.Return(piece.Block!);
        }
    }

    // Pieces come and go at the ends, and those of one block stand together, with shared bodies between them, never two in a row: a
    // look at two pieces at either end tells.
    private bool IsQueued(byte[] block) => IsAt(block, 0, 1) || IsAt(block, _count - 1, _count - 2);

    private bool IsAt(byte[] block, int end, int next) =>
        (_count > 0 && At(end).Block == block) || (_count > 1 && At(end).Block is null && At(next).Block == block);

    private void ReleaseBlockUnlessQueued()
    {
        if (_block is not null && !IsQueued(_block))
        {
            ReleaseBlock();
        }
    }

    private void ReleaseBlock()
    {
        if (_block is not null)
        {
            _pool.Return(_block);
            _block = null;
            _blockEnd = 0;
        }
    }

    // All but the oldest pieces, of which the first may be on its way to the socket.
    private void ReleaseBehind(int kept)
    {
        ClosePiece();
        int index = 0;
        for (int length = 0; index < _count && (index == 0 || length < kept); index++)
        {
            length += Bytes(index).Length;
        }

        while (_count > index)
        {
            Piece last = At(_count - 1);
            At(--_count) = default;
            PendingBytes -= last.End - last.Start;
            Release(in last);
        }

        ReleaseBlockUnlessQueued();
    }

    private void ReleaseAll()
    {
        ClosePiece();
        while (_count > 0)
        {
            Pop();
        }

        ReleaseBlock();
        PendingBytes = 0;
        _ring = [];
        _first = 0;
    }

    private void Grow()
    {
        var larger = new Piece[Math.Max(4, _ring.Length * 2)];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = At(i);
        }

        _ring = larger;
        _first = 0;
    }

    private ref Piece At(int index) => ref _ring[(_first + index) & (_ring.Length - 1)];

    /// <summary>A stretch of a block, or a shared body: what one send takes.</summary>
    private struct Piece
    {
        public byte[]? Block;
        public SharedBody? Shared;
        public int Start;
        public int End;
    }
}
