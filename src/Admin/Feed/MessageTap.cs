using System.Collections.Concurrent;
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

    /// <summary>Messages opened in a second to look at headers or payload; the others are passed over.</summary>
    public const int MaxOpened = 1000;

    /// <summary>Requests whose answer is awaited.</summary>
    public const int MaxAwaited = 500;

    /// <summary>How long an answer is awaited.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MaxWaiting = 200;
    private const int MaxHeaders = 2048;

    // A longer payload is not looked into.
    private const int MaxInside = 64 * 1024;

    private readonly Account _account;
    private readonly byte[] _pattern;
    private readonly ulong _publisher;
    private readonly TimeProvider _time;
    private readonly Channel<TappedMessage> _messages =
        Channel.CreateBounded<TappedMessage>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly ConcurrentDictionary<byte[], Awaited> _awaited = new(SubjectBytes.Comparer);
    private readonly ConcurrentDictionary<byte[], Awaited>.AlternateLookup<ReadOnlySpan<byte>> _byReply;
    private readonly TapFilter _filter;
    private long _seen;
    private long _passedOver;
    private long _taken;
    private long _second;
    private int _budget = MaxPerSecond;
    private int _opened = MaxOpened;
    private int _awaitedCount;

    /// <summary>Begins to listen in.</summary>
    /// <param name="account">The account.</param>
    /// <param name="pattern">A valid subscription subject.</param>
    /// <param name="time">The clock.</param>
    /// <param name="publisher">Only what this connection publishes; 0 for all.</param>
    /// <param name="filter">Which of that; null for all.</param>
    public MessageTap(Account account, string pattern, TimeProvider time, ulong publisher = 0, TapFilter? filter = null)
    {
        _filter = filter ?? TapFilter.Parse("");
        _byReply = _awaited.GetAlternateLookup<ReadOnlySpan<byte>>();
        _account = account;
        _publisher = publisher;
        _pattern = Encoding.UTF8.GetBytes(pattern);
        _time = time;
        _second = time.GetTimestamp();
        account.Observers.Add(this);
    }

    /// <summary>Messages that matched, copied or not.</summary>
    public long Seen => Interlocked.Read(ref _seen);

    /// <summary>Messages that came too fast to look into them.</summary>
    public long PassedOver => Interlocked.Read(ref _passedOver);

    /// <inheritdoc/>
    public void OnPublished(ref readonly Message message, ulong publisher, bool isTaken)
    {
        if (Volatile.Read(ref _awaitedCount) > 0 && _byReply.TryRemove(message.Subject, out _, out Awaited? request))
        {
            Interlocked.Decrement(ref _awaitedCount);
            if (SubjectRules.Matches(_pattern, message.Subject))
            {
                Interlocked.Increment(ref _seen);
            }

            _messages.Writer.TryWrite(Copy(in message, publisher, isTaken) with { AnswerTo = request.Number, After = _time.GetElapsedTime(request.Since) });
            return;
        }

        if ((_publisher != 0 && publisher != _publisher) || !SubjectRules.Matches(_pattern, message.Subject)
            || !_filter.MatchesSize(message.Length) || (_filter.LooksInside && !MatchesInside(in message)))
        {
            return;
        }

        Interlocked.Increment(ref _seen);
        if (MayTake(ref _budget))
        {
            TappedMessage copy = Copy(in message, publisher, isTaken);
            if (_messages.Writer.TryWrite(copy) && !message.Reply.IsEmpty)
            {
                Await(message.Reply.ToArray(), copy.Number);
            }
        }
    }

    /// <summary>Takes the messages copied since the last call, oldest first.</summary>
    public List<TappedMessage> Take()
    {
        foreach (var (reply, request) in _awaited)
        {
            if (_time.GetElapsedTime(request.Since) > Patience && _awaited.TryRemove(new(reply, request)))
            {
                Interlocked.Decrement(ref _awaitedCount);
            }
        }

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
    private bool MayTake(ref int budget)
    {
        long second = Volatile.Read(ref _second);
        if (_time.GetElapsedTime(second) >= TimeSpan.FromSeconds(1) && Interlocked.CompareExchange(ref _second, _time.GetTimestamp(), second) == second)
        {
            Volatile.Write(ref _budget, MaxPerSecond);
            Volatile.Write(ref _opened, MaxOpened);
        }

        return Volatile.Read(ref budget) > 0 && Interlocked.Decrement(ref budget) >= 0;
    }

    private bool MatchesInside(ref readonly Message message)
    {
        if (!MayTake(ref _opened) || message.Length > MaxInside)
        {
            Interlocked.Increment(ref _passedOver);
            return false;
        }

        byte[] body = new byte[message.Length + 2];
        message.CopyBodyTo(body);
        return _filter.MatchesInside(body.AsSpan(0, message.HeaderLength), body.AsMemory(message.HeaderLength, message.Length - message.HeaderLength));
    }

    private void Await(byte[] reply, long number)
    {
        if (Volatile.Read(ref _awaitedCount) < MaxAwaited && _awaited.TryAdd(reply, new Awaited(number, _time.GetTimestamp())))
        {
            Interlocked.Increment(ref _awaitedCount);
        }
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

    private sealed record Awaited(long Number, long Since);
}
