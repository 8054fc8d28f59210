using System.Buffers.Text;
using System.Collections.Concurrent;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.InProcess;

/// <summary>Where the answers to an in-process client's requests arrive: one subscription for all of them.</summary>
internal sealed class Inbox : LocalSubscriber
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<NatsMessage>> _waiting = new();
    private readonly string _prefix;
    private long _last;

    public Inbox(InProcessClient client, string prefix, ulong sid)
        : base(client, prefix + "*", "", sid, 0) => _prefix = prefix;

    /// <summary>Makes room for one answer.</summary>
    public (long Number, string Reply, Task<NatsMessage> Answer) Expect()
    {
        long number = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<NatsMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = answer;
        return (number, $"{_prefix}{number}", answer.Task);
    }

    /// <summary>Waits for that answer no longer.</summary>
    public void Forget(long number)
    {
        if (_waiting.TryRemove(number, out TaskCompletionSource<NatsMessage>? answer))
        {
            answer.TrySetCanceled();
        }
    }

    /// <inheritdoc/>
    public override void End(NatsException? reason = null)
    {
        foreach (TaskCompletionSource<NatsMessage> answer in _waiting.Values)
        {
            answer.TrySetException((Exception?)reason ?? new ObjectDisposedException(nameof(InProcessClient)));
        }
    }

    /// <inheritdoc/>
    protected override DeliveryResult Take(ref readonly Message message)
    {
        // The first answer counts; later ones, and what comes too late, are for nobody.
        ReadOnlySpan<byte> token = message.Subject[(message.Subject.LastIndexOf((byte)'.') + 1)..];
        if (Utf8Parser.TryParse(token, out long number, out int length) && length == token.Length
            && _waiting.TryRemove(number, out TaskCompletionSource<NatsMessage>? answer))
        {
            answer.TrySetResult(Copy(in message));
        }

        return DeliveryResult.Delivered;
    }
}
