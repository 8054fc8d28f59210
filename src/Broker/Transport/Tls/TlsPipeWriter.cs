using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;

namespace NatsKestrel.Broker.Transport.Tls;

/// <summary>Encrypts what is written, on the calling thread, and passes it on.</summary>
internal sealed class TlsPipeWriter(SslStream stream, TransportStream transport) : PipeWriter
{
    private const int RecordLength = 16 * 1024;
    private const int RecordOverhead = 64; // header, padding and tag, and then some

    private readonly ArrayBufferWriter<byte> _buffered = new();
    private volatile bool _isEnded;

    /// <inheritdoc/>
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        try
        {
            if (!_isEnded)
            {
                await EncryptAsync(source).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _isEnded = true;
        }

        return new FlushResult(isCanceled: false, isCompleted: _isEnded);
    }

    // Several records go out with one send.
    private async ValueTask EncryptAsync(ReadOnlyMemory<byte> source)
    {
        if (source.Length <= RecordLength)
        {
            await stream.WriteAsync(source, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        transport.Gather(source.Length + (((source.Length / RecordLength) + 1) * RecordOverhead));
        try
        {
            await stream.WriteAsync(source, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await transport.SendGatheredAsync().ConfigureAwait(false);
        }
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
}
