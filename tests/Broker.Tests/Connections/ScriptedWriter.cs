using System.IO.Pipelines;

namespace NatsKestrel.Broker.Tests.Connections;

/// <summary>A socket's sending side whose behaviour the test decides: takes bytes at once, after a while, or never again.</summary>
/// <remarks>Bytes are looked at when a write ends, not when it begins: whoever changes them meanwhile is found out.</remarks>
internal sealed class ScriptedWriter : PipeWriter
{
    private readonly Lock _gate = new();
    private readonly List<byte> _sent = [];
    private ReadOnlyMemory<byte> _waiting;
    private TaskCompletionSource<FlushResult>? _pending;
    private bool _isFailed;

    /// <summary>Whether the next write, of so many bytes, has to wait.</summary>
    public Func<int, bool> Blocks { get; set; } = static _ => false;

    /// <summary>False saves the memory where nobody looks at the bytes.</summary>
    public bool KeepsBytes { get; set; } = true;

    public long SentBytes { get; private set; }

    public bool IsBlocked => _pending is not null;

    /// <summary>The most bytes one write had.</summary>
    public int LargestWrite { get; private set; }

    public byte[] Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_pending is not null)
            {
                throw new NotSupportedException("A write began before the last one had ended.");
            }

            LargestWrite = Math.Max(LargestWrite, source.Length);
            if (_isFailed)
            {
                return new(new FlushResult(isCanceled: false, isCompleted: true));
            }

            if (!Blocks(source.Length))
            {
                Take(source);
                return new(default(FlushResult));
            }

            _waiting = source;
            _pending = new TaskCompletionSource<FlushResult>();
            return new(_pending.Task);
        }
    }

    /// <summary>Takes the bytes that wait; the queue goes on at once, on this thread.</summary>
    /// <returns>False where none waited.</returns>
    public bool Unblock()
    {
        TaskCompletionSource<FlushResult>? pending;
        lock (_gate)
        {
            pending = _pending;
            _pending = null;
            if (pending is null)
            {
                return false;
            }

            Take(_waiting);
            _waiting = default;
        }

        pending.SetResult(default);
        return true;
    }

    /// <summary>Refuses everything from now on; a write that waits ends so too.</summary>
    public void Fail(Exception? exception = null)
    {
        TaskCompletionSource<FlushResult>? pending;
        lock (_gate)
        {
            _isFailed = true;
            pending = _pending;
            _pending = null;
        }

        if (exception is null)
        {
            pending?.SetResult(new FlushResult(isCanceled: false, isCompleted: true));
        }
        else
        {
            pending?.SetException(exception);
        }
    }

    public override void Advance(int bytes) => throw new NotSupportedException();

    public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

    public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(default(FlushResult));

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        SentBytes += bytes.Length;
        if (KeepsBytes)
        {
            _sent.AddRange(bytes.Span);
        }
    }
}
