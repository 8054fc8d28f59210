using System.Buffers;
using System.Threading.Channels;

namespace NatsKestrel.Broker.InProcess;

/// <summary>A channel writer whose values are published to a subject.</summary>
internal sealed class SubjectWriter<T>(InProcessClient client, string subject, INatsSerializer<T> serializer) : ChannelWriter<T>
{
    private readonly Lock _gate = new(); // guards the three below: one value is serialized and published at a time
    private readonly ArrayBufferWriter<byte> _payload = new();
    private Task _published = Task.CompletedTask;
    private bool _isCompleted;

    /// <summary>False while a slow reader holds writers back, and once the writer is completed or its client has ended.</summary>
    public override bool TryWrite(T item)
    {
        lock (_gate)
        {
            if (_isCompleted || client.IsClosed || !_published.IsCompleted)
            {
                return false;
            }

            _payload.ResetWrittenCount();
            serializer.Serialize(_payload, item);
            ValueTask published = client.PublishAsync(subject, _payload.WrittenMemory);
            _published = published.IsCompletedSuccessfully ? Task.CompletedTask : published.AsTask();
            return true;
        }
    }

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        Task published;
        lock (_gate)
        {
            published = _published;
        }

        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellationToken)
            : published.IsCompleted ? ValueTask.FromResult(IsOpen())
            : WaitAsync(published, cancellationToken);
    }

    public override bool TryComplete(Exception? error = null)
    {
        lock (_gate)
        {
            bool wasOpen = !_isCompleted;
            _isCompleted = true;
            return wasOpen;
        }
    }

    private async ValueTask<bool> WaitAsync(Task published, CancellationToken cancellationToken)
    {
        await published.WaitAsync(cancellationToken).ConfigureAwait(false);
        return IsOpen();
    }

    private bool IsOpen()
    {
        lock (_gate)
        {
            return !_isCompleted && !client.IsClosed;
        }
    }
}
