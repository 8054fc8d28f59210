using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace NatsKestrel.Broker.Transport;

/// <summary>Writes to a socket from the calling thread, and waits only for what the socket does not take at once.</summary>
/// <remarks>
/// <see cref="WriteAsync"/> sends the caller's memory without a copy; the caller keeps it unchanged until the write has ended.
/// The buffer-and-flush half of <see cref="PipeWriter"/> serves whoever writes through streams (TLS).
/// </remarks>
internal sealed class SocketPipeWriter(Socket socket, SocketSignals signals) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> _buffered = new();
    private bool _isEnded;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _buffered.WrittenCount;

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        while (!_isEnded)
        {
            int sent = Send(source.Span, out SocketError error);
            if (error == SocketError.Success && sent == source.Length)
            {
                return new(new FlushResult(isCanceled: false, isCompleted: false));
            }

            source = source[sent..];
            if (error == SocketError.WouldBlock)
            {
                return SendRestAsync(source);
            }

            _isEnded = error != SocketError.Success;
        }

        return new(new FlushResult(isCanceled: false, isCompleted: true));
    }

    /// <inheritdoc/>
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        FlushResult result = await WriteAsync(_buffered.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _buffered.ResetWrittenCount();
        return result;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffered.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => _buffered.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override void Advance(int bytes) => _buffered.Advance(bytes);

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _isEnded = true;

    private int Send(ReadOnlySpan<byte> bytes, out SocketError error)
    {
        try
        {
            return socket.Send(bytes, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            // Closed by somebody else.
            error = SocketError.OperationAborted;
            return 0;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendRestAsync(ReadOnlyMemory<byte> rest)
    {
        try
        {
            while (!rest.IsEmpty && !_isEnded)
            {
                rest = rest[await signals.SendWhenPossibleAsync(rest).ConfigureAwait(false)..];
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _isEnded = true;
        }

        return new FlushResult(isCanceled: false, isCompleted: _isEnded);
    }
}
