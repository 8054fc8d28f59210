using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace NatsKestrel.Broker.InProcess;

/// <summary>A channel reader of all that is published to a subject; disposing of it unsubscribes.</summary>
/// <remarks>A message that is no <typeparamref name="T"/> is passed over: whoever may publish to the subject could otherwise end every reader.</remarks>
public sealed class SubjectReader<T> : ChannelReader<T>, IDisposable
{
    private readonly INatsSerializer<T> _serializer;
    private long _unreadable;

    internal SubjectReader(InProcessSubscription subscription, INatsSerializer<T> serializer)
    {
        Subscription = subscription;
        _serializer = serializer;
    }

    /// <summary>The subscription behind it.</summary>
    public InProcessSubscription Subscription { get; }

    /// <summary>Messages passed over because they could not be read.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    /// <inheritdoc/>
    public override Task Completion => Subscription.Reader.Completion;

    /// <inheritdoc/>
    public override bool CanCount => true;

    /// <summary>Messages that wait; some of them may turn out to be unreadable.</summary>
    public override int Count => Subscription.PendingMessages;

    /// <inheritdoc/>
    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        while (Subscription.Reader.TryRead(out NatsMessage? message))
        {
            try
            {
                item = _serializer.Deserialize(message.Data.Span);
                return true;
            }
            catch (Exception)
            {
                // Whatever a serializer throws: it was handed a stranger's bytes.
                Interlocked.Increment(ref _unreadable);
            }
        }

        item = default;
        return false;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        Subscription.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Unsubscribes; what waits can still be read.</summary>
    public void Dispose() => Subscription.Dispose();
}
