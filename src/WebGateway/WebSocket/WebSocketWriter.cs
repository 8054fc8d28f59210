using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>Sends what is written to a client in WebSocket frames: a binary message for each write.</summary>
/// <param name="output">The transport.</param>
/// <param name="pool">Lends the blocks that headers and bytes are put together in.</param>
/// <param name="isBrowser">True cuts messages into pieces of 4 KiB, as nats-server does for browsers.</param>
/// <param name="compresses">True where compression was negotiated.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing.")]
internal sealed class WebSocketWriter(PipeWriter output, BlockPool pool, bool isBrowser, bool compresses) : HeadedPipeWriter
{
    private const byte Final = 0x80;
    private const byte Compressed = 0x40;
    private const byte Binary = 0x02;
    private const byte Close = 0x08;
    private const byte Pong = 0x0A;
    private const int MaxHeaderLength = 10;
    private const int BrowserPiece = 4096;

    private readonly SemaphoreSlim _turn = new(1, 1); // one frame at a time
    private readonly Lock _gate = new(); // guards _pong and _isPonging
    private byte[]? _pong;
    private bool _isPonging;

    /// <summary>The pongs that are on their way; awaited before the connection ends.</summary>
    public Task Pongs { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public override int HeaderRoom => MaxHeaderLength;

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ArraySegment<byte> piece)
    {
        if ((compresses && piece.Count > MessageDeflater.MinLength) || (isBrowser && piece.Count > BrowserPiece))
        {
            return WriteAsync(piece.AsMemory(), CancellationToken.None);
        }

        int length = WriteHeaderBefore(piece);
        ReadOnlyMemory<byte> frame = piece.Array.AsMemory(piece.Offset - length, length + piece.Count);
        Task turn = _turn.WaitAsync(CancellationToken.None);
        if (!turn.IsCompletedSuccessfully)
        {
            return SendInTurnAsync(turn, frame);
        }

        ValueTask<FlushResult> sent = output.WriteAsync(frame);
        if (!sent.IsCompletedSuccessfully)
        {
            return EndTurnAsync(sent);
        }

        _turn.Release();
        return sent;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            return compresses && source.Length > MessageDeflater.MinLength
                ? await SendAsync(MessageDeflater.Deflate(source.Span), Final | Compressed | Binary).ConfigureAwait(false)
                : isBrowser && source.Length > BrowserPiece ? await SendPiecesAsync(source).ConfigureAwait(false)
                : await SendAsync(source, Final | Binary).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Answers a ping: soon, and only the latest of those that came meanwhile.</summary>
    public void SendPong(byte[] payload)
    {
        lock (_gate)
        {
            _pong = payload;
            if (_isPonging)
            {
                return;
            }

            _isPonging = true;
        }

        Pongs = SendPongsAsync();
    }

    /// <summary>Sends the last frame.</summary>
    /// <param name="status">Its status; 0 for an empty frame.</param>
    /// <param name="reason">Its reason, in UTF-8; no more than 123 bytes of it are sent.</param>
    public async Task SendCloseAsync(int status, ReadOnlyMemory<byte> reason)
    {
        byte[] payload = [];
        if (status != 0)
        {
            payload = new byte[2 + Math.Min(reason.Length, 123)];
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)status);
            reason.Span[..(payload.Length - 2)].CopyTo(payload.AsSpan(2));
        }

        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await SendAsync(payload, Final | Close).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public override void Advance(int bytes) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(new FlushResult(false, false));

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
    }

    private static int WriteHeader(Span<byte> target, byte first, int length)
    {
        target[0] = first;
        switch (length)
        {
            case < 126:
                target[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                target[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)length);
                return 4;
            default:
                target[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)length);
                return 10;
        }
    }

    private static int WriteHeaderBefore(ArraySegment<byte> piece)
    {
        int length = piece.Count switch { < 126 => 2, <= ushort.MaxValue => 4, _ => MaxHeaderLength };
        return WriteHeader(piece.Array.AsSpan(piece.Offset - length), Final | Binary, piece.Count);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendInTurnAsync(Task turn, ReadOnlyMemory<byte> frame)
    {
        await turn.ConfigureAwait(false);
        return await EndTurnAsync(output.WriteAsync(frame)).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> EndTurnAsync(ValueTask<FlushResult> sent)
    {
        try
        {
            return await sent.ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    // Header and bytes in one block, so that they are sent in one call; of a larger frame only the start, and the rest follows from where it lies.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> payload, byte first)
    {
        int length = payload.Length + MaxHeaderLength;
        byte[] block = pool.Rent(length <= BlockPool.MediumSize ? length : BlockPool.SmallSize);
        try
        {
            int at = WriteHeader(block, first, payload.Length);
            int count = Math.Min(payload.Length, block.Length - at);
            payload.Span[..count].CopyTo(block.AsSpan(at));
            FlushResult result = await output.WriteAsync(block.AsMemory(0, at + count)).ConfigureAwait(false);
            return count == payload.Length || result.IsCompleted ? result : await output.WriteAsync(payload[count..]).ConfigureAwait(false);
        }
        finally
        {
            pool.Return(block);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendPiecesAsync(ReadOnlyMemory<byte> payload)
    {
        byte[] block = pool.Rent(BlockPool.MediumSize);
        try
        {
            FlushResult result = default;
            while (!payload.IsEmpty && !result.IsCompleted)
            {
                int at = 0;
                while (!payload.IsEmpty && block.Length - at >= BrowserPiece + MaxHeaderLength)
                {
                    int count = Math.Min(payload.Length, BrowserPiece);
                    at += WriteHeader(block.AsSpan(at), Final | Binary, count);
                    payload.Span[..count].CopyTo(block.AsSpan(at));
                    at += count;
                    payload = payload[count..];
                }

                result = await output.WriteAsync(block.AsMemory(0, at)).ConfigureAwait(false);
            }

            return result;
        }
        finally
        {
            pool.Return(block);
        }
    }

    private async Task SendPongsAsync()
    {
        while (TakePong() is { } payload)
        {
            await _turn.WaitAsync().ConfigureAwait(false);
            try
            {
                await SendAsync(payload, Final | Pong).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException)
            {
                // The connection is gone, as its reader will find.
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private byte[]? TakePong()
    {
        lock (_gate)
        {
            byte[]? pong = _pong;
            _pong = null;
            _isPonging = pong is not null;
            return pong;
        }
    }
}
