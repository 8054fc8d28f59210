using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>The bytes that a client sent in WebSocket frames, as if it had sent them over plain TCP.</summary>
/// <remarks>
/// Where they come straight from a socket the frames are taken apart in its blocks, and what is left is read as over TCP. What
/// comes through TLS or HTTP/2, or is compressed, goes through a pipe.
/// </remarks>
internal sealed class WebSocketReader : PipeReader
{
    // A dribbling client holds one small block; what a full read brings is asked for in one piece.
    private const int SmallestBlock = 4096;

    private readonly PipeReader _input;
    private readonly FrameDecoder _decoder;
    private readonly Pipe? _decoded;
    private readonly PipeReader _reader;
    private bool _isRestShown;

    public WebSocketReader(PipeReader input, FrameDecoder decoder, MemoryPool<byte> memory)
    {
        _input = input;
        _decoder = decoder;
        if (input is SocketPipeReader socket && decoder.WorksInPlace)
        {
            socket.Filter = decoder;
            _reader = socket;
            return;
        }

        _decoded = new Pipe(new PipeOptions(
            memory, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0, minimumSegmentSize: SmallestBlock, useSynchronizationContext: false));
        _reader = _decoded.Reader;
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _decoded is null ? ReadInPlaceAsync() : ReadDecodedAsync(_decoded);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!_reader.TryRead(out result))
        {
            return false;
        }

        result = WithViolation(result);
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _reader.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _reader.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        _decoded?.Reader.CancelPendingRead();
        _input.CancelPendingRead();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        _decoded?.Writer.Complete();
        _decoded?.Reader.Complete();
    }

    // It comes to light when all that was sent before it has been read, once more where that ends in half a command.
    private ReadResult WithViolation(in ReadResult result)
    {
        if (_decoder.Violation is not { } violation || !result.IsCompleted)
        {
            return result;
        }

        if (result.Buffer.IsEmpty || _isRestShown)
        {
            throw violation;
        }

        _isRestShown = true;
        return new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadInPlaceAsync() => WithViolation(await _reader.ReadAsync().ConfigureAwait(false));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadDecodedAsync(Pipe decoded)
    {
        ReadResult result;
        while (!TryRead(out result))
        {
            await ReceiveAsync(decoded.Writer).ConfigureAwait(false);
        }

        return result;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveAsync(PipeWriter decoded)
    {
        bool isOver = false;
        if (_decoder.HasMore)
        {
            _decoder.GoOn(decoded);
        }
        else
        {
            ReadResult read = await _input.ReadAsync().ConfigureAwait(false);
            SequencePosition end = read.Buffer.End;
            SequencePosition done = _decoder.Decode(read.Buffer, decoded);
            isOver = read.IsCompleted && done.Equals(end) && !_decoder.HasMore;
            _input.AdvanceTo(done);
        }

        ValueTask<FlushResult> flushed = decoded.FlushAsync();
        if (!flushed.IsCompletedSuccessfully)
        {
            await flushed.ConfigureAwait(false);
        }

        if (_decoder.IsEnded || isOver)
        {
            await decoded.CompleteAsync().ConfigureAwait(false);
        }
    }
}
