using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>The bytes that a client sent in WebSocket frames, as if it had sent them over plain TCP.</summary>
internal sealed class WebSocketReader : PipeReader
{
    // A dribbling client holds one small block; what a full read brings is asked for in one piece.
    private const int SmallestBlock = 4096;

    private readonly PipeReader _input;
    private readonly FrameDecoder _decoder;
    private readonly Pipe _decoded;
    private bool _isEnded;
    private bool _isRestShown;

    public WebSocketReader(PipeReader input, FrameDecoder decoder, MemoryPool<byte> memory)
    {
        _input = input;
        _decoder = decoder;
        _decoded = new Pipe(new PipeOptions(
            memory, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0, minimumSegmentSize: SmallestBlock, useSynchronizationContext: false));
    }

    /// <summary>The rule that the client broke; null while it keeps to all of them.</summary>
    public FrameException? Violation { get; private set; }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result;
        while (!TryRead(out result))
        {
            await ReceiveAsync().ConfigureAwait(false);
        }

        return result;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!_decoded.Reader.TryRead(out result))
        {
            return false;
        }

        if (Violation is not null && result.IsCompleted)
        {
            // It comes to light when all that was sent before it has been read, once more where that ends in half a command.
            result = !result.Buffer.IsEmpty && !_isRestShown ? new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false) : throw Violation;
            _isRestShown = true;
        }

        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _decoded.Reader.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _decoded.Reader.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        _decoded.Reader.CancelPendingRead();
        _input.CancelPendingRead();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        _decoded.Writer.Complete();
        _decoded.Reader.Complete();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveAsync()
    {
        ReadResult read = await _input.ReadAsync().ConfigureAwait(false);
        try
        {
            Decode(read);
        }
        finally
        {
            _input.AdvanceTo(read.Buffer.End);
        }

        ValueTask<FlushResult> flushed = _decoded.Writer.FlushAsync();
        if (!flushed.IsCompletedSuccessfully)
        {
            await flushed.ConfigureAwait(false);
        }

        if (_isEnded)
        {
            await _decoded.Writer.CompleteAsync().ConfigureAwait(false);
        }
    }

    private void Decode(in ReadResult read)
    {
        try
        {
            _decoder.Decode(read.Buffer, _decoded.Writer);
        }
        catch (FrameException exception)
        {
            Violation = exception;
        }

        _isEnded = _decoder.IsClosed || read.IsCompleted || Violation is not null;
    }
}
