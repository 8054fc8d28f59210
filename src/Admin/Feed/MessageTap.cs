using System.Text;
using System.Threading.Channels;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Admin.Feed;

/// <summary>Copies some of the messages that are published to a subject, for somebody to look at; publishers never wait for it.</summary>
internal sealed class MessageTap : IMessageObserver, IDisposable
{
    /// <summary>Messages copied in a second; the others are only counted.</summary>
    public const int MaxPerSecond = 50;

    /// <summary>Bytes of a payload that are copied.</summary>
    public const int MaxPreview = 4096;

    private const int MaxWaiting = 200;
    private const int MaxHeaders = 2048;

    private readonly Account _account;
    private readonly byte[] _pattern;
    private readonly ulong _publisher;
    private readonly TimeProvider _time;
    private readonly Channel<TappedMessage> _messages =
        Channel.CreateBounded<TappedMessage>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _seen;
    private long _taken;
    private long _second;
    private int _budget = MaxPerSecond;

    /// <summary>Begins to listen in.</summary>
    /// <param name="account">The account.</param>
    /// <param name="pattern">A valid subscription subject.</param>
    /// <param name="time">The clock.</param>
    /// <param name="publisher">Only what this connection publishes; 0 for all.</param>
    public MessageTap(Account account, string pattern, TimeProvider time, ulong publisher = 0)
    {
        _account = account;
        _publisher = publisher;
        _pattern = Encoding.UTF8.GetBytes(pattern);
        _time = time;
        _second = time.GetTimestamp();
        account.Observers.Add(this);
    }

    /// <summary>Messages that matched, copied or not.</summary>
    public long Seen => Interlocked.Read(ref _seen);

    /// <inheritdoc/>
    public void OnPublished(ref readonly Message message, ulong publisher, bool isTaken)
    {
        if ((_publisher != 0 && publisher != _publisher) || !SubjectRules.Matches(_pattern, message.Subject))
        {
            return;
        }

        Interlocked.Increment(ref _seen);
        if (MayCopy())
        {
            _messages.Writer.TryWrite(Copy(in message, publisher, isTaken));
        }
    }

    /// <summary>Takes the messages copied since the last call, oldest first.</summary>
    public List<TappedMessage> Take()
    {
        var taken = new List<TappedMessage>();
        while (_messages.Reader.TryRead(out TappedMessage? message))
        {
            taken.Add(message);
        }

        return taken;
    }

    /// <summary>Ends listening in.</summary>
    public void Dispose() => _account.Observers.Remove(this);

    // A few too many or too few around the turn of a second do no harm.
    private bool MayCopy()
    {
        long second = Volatile.Read(ref _second);
        if (_time.GetElapsedTime(second) >= TimeSpan.FromSeconds(1) && Interlocked.CompareExchange(ref _second, _time.GetTimestamp(), second) == second)
        {
            Volatile.Write(ref _budget, MaxPerSecond);
        }

        return Volatile.Read(ref _budget) > 0 && Interlocked.Decrement(ref _budget) >= 0;
    }

    private TappedMessage Copy(ref readonly Message message, ulong publisher, bool isTaken)
    {
        // The body with its CR LF; only what is shown is kept.
        byte[] body = new byte[message.Length + 2];
        message.CopyBodyTo(body);
        ReadOnlySpan<byte> headers = body.AsSpan(0, Math.Min(message.HeaderLength, MaxHeaders));
        ReadOnlySpan<byte> payload = body.AsSpan(message.HeaderLength, message.Length - message.HeaderLength);
        return new TappedMessage(
            Interlocked.Increment(ref _taken),
            _time.GetUtcNow(),
            Encoding.UTF8.GetString(message.Subject),
            Encoding.UTF8.GetString(message.Reply),
            publisher,
            headers.IsEmpty ? "" : Encoding.UTF8.GetString(headers[(headers.IndexOf((byte)'\n') + 1)..]).Trim(),
            message.Length,
            payload[..Math.Min(payload.Length, MaxPreview)].ToArray(),
            payload.Length,
            isTaken);
    }
}
