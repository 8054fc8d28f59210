using System.Buffers;
using System.IO.Pipelines;

namespace NatsKestrel.Broker.Transport.Tls;

/// <summary>A connection's pipes as the stream that TLS is spoken over.</summary>
internal sealed class TransportStream(IDuplexPipe transport, BlockPool pool) : Stream
{
    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;
    private Task<ReadResult>? _early;
    private byte[]? _gathered;
    private int _gatheredLength;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Completes when the client has sent something, which stays to be read; called before anything is read.</summary>
    /// <returns>The first byte; -1 where the client has gone.</returns>
    public async Task<int> PeekAsync()
    {
        ReadResult read = await (_early ??= StartReading()).ConfigureAwait(false);
        return read.Buffer.IsEmpty ? -1 : read.Buffer.FirstSpan[0];
    }

    // Nobody may wait for it any more when it fails: too late is as good as never.
    private Task<ReadResult> StartReading()
    {
        Task<ReadResult> reading = _input.ReadAsync().AsTask();
        reading.ContinueWith(
            static failed => failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return reading;
    }

    /// <summary>Gives what was looked at back to the pipe, for whoever reads that itself.</summary>
    public async Task PutBackAsync()
    {
        if (_early is { } early)
        {
            _early = null;
            ReadResult read = await early.ConfigureAwait(false);
            _input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The transport's reads know no token: it is told as when the connection closes.
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), _input);
        await PutBackAsync().ConfigureAwait(false);
        ReadResult read = await _input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        ReadOnlySequence<byte> received = read.Buffer;
        if (read.IsCanceled)
        {
            _input.AdvanceTo(received.Start);
            throw new OperationCanceledException(cancellationToken);
        }

        int length = (int)Math.Min(received.Length, buffer.Length);
        SequencePosition end = received.GetPosition(length);
        received.Slice(0, length).CopyTo(buffer.Span);
        _input.AdvanceTo(end, end);
        return length;
    }

    /// <summary>Gathers what is written from now on, until <see cref="SendGatheredAsync"/>: TLS writes 16 KiB at a time.</summary>
    public void Gather(int length) => _gathered = pool.Rent(length);

    /// <summary>Sends what was gathered.</summary>
    /// <exception cref="IOException">The connection was closed.</exception>
    public async ValueTask SendGatheredAsync()
    {
        try
        {
            await SendAsync(_gathered.AsMemory(0, _gatheredLength)).ConfigureAwait(false);
        }
        finally
        {
            pool.Return(_gathered!);
            _gathered = null;
            _gatheredLength = 0;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_gathered is null)
        {
            await SendAsync(buffer).ConfigureAwait(false);
            return;
        }

        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, _gathered.Length - _gatheredLength);
            buffer.Span[..count].CopyTo(_gathered.AsSpan(_gatheredLength));
            _gatheredLength += count;
            buffer = buffer[count..];
            if (_gatheredLength == _gathered.Length)
            {
                await SendAsync(_gathered).ConfigureAwait(false);
                _gatheredLength = 0;
            }
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        FlushResult result = await _output.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        if (result.IsCompleted)
        {
            throw new IOException("The connection was closed.");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
