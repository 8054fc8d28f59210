using System.Security.Cryptography;
using System.Text;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>The answers that an account's services still owe to other accounts, by the reply subject made for each request.</summary>
/// <remarks>Such a subject is <c>_R_.</c>, six letters for the account, six for the request. Bounded: the oldest requests are
/// forgotten first, and those that nobody answers after a while.</remarks>
internal sealed class ServiceReplies(Account account, TimeProvider time) : IAccountGate
{
    /// <summary>Requests that may be unanswered at one time.</summary>
    public const int MaxPending = 65_536;

    private const int TokenLength = 6;
    private const int LookedAtPerRequest = 4;
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly Lock _gate = new(); // guards what follows
    private readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private readonly Queue<Pending> _byAge = new();
    private string? _prefix;

    /// <summary>Requests that wait for an answer.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Makes the reply subject for a request; answers to it go to the requester's own.</summary>
    public byte[] Expect(Account requester, ReadOnlySpan<byte> reply, ServiceExport export)
    {
        Subscription? listener = null;
        string subject;
        lock (_gate)
        {
            if (_prefix is null)
            {
                _prefix = $"_R_.{NewToken()}.";
                listener = new Subscription(new AccountLink(this), Encoding.ASCII.GetBytes(_prefix + "*"), [], "r"u8);
            }

            DropOld();
            subject = _prefix + NewToken();
            var pending = new Pending(subject, requester, reply.ToArray(), export, time.GetTimestamp());
            _pending[subject] = pending;
            _byAge.Enqueue(pending);
        }

        if (listener is not null)
        {
            account.Sublist.Insert(listener);
        }

        return Encoding.ASCII.GetBytes(subject);
    }

    /// <summary>No answer will come.</summary>
    public void Forget(ReadOnlySpan<byte> subject)
    {
        lock (_gate)
        {
            _pending.Remove(Encoding.ASCII.GetString(subject));
        }
    }

    /// <inheritdoc/>
    public ForwardedMessage? Forward(ref readonly Message message, IRequester? requester)
    {
        lock (_gate)
        {
            string subject = Encoding.ASCII.GetString(message.Subject);
            if (!_pending.TryGetValue(subject, out Pending? pending) || IsOver(pending))
            {
                return null;
            }

            // Of many answers the empty one is the last.
            bool isLast = pending.Export.IsSingle || message.Length == message.HeaderLength;
            if (isLast)
            {
                _pending.Remove(subject);
            }

            pending.LastActivity = time.GetTimestamp();
            return new ForwardedMessage(pending.Requester, pending.Reply, []) { IsAnswer = true };
        }
    }

    /// <inheritdoc/>
    public void Undo(ForwardedMessage forwarded)
    {
    }

    // A few at a time, from the oldest; one that is still answered goes to the end again.
    private void DropOld()
    {
        for (int i = 0; i < LookedAtPerRequest && _byAge.TryPeek(out Pending? oldest); i++)
        {
            bool isCurrent = _pending.TryGetValue(oldest.Subject, out Pending? current) && current == oldest;
            if (isCurrent && !IsOver(oldest) && _pending.Count < MaxPending && oldest.LastActivity == oldest.QueuedAt)
            {
                return;
            }

            _byAge.Dequeue();
            if (isCurrent && !IsOver(oldest) && _pending.Count < MaxPending)
            {
                oldest.QueuedAt = oldest.LastActivity;
                _byAge.Enqueue(oldest);
            }
            else if (isCurrent)
            {
                _pending.Remove(oldest.Subject);
            }
        }
    }

    private bool IsOver(Pending pending) => time.GetElapsedTime(pending.LastActivity) > pending.Export.Threshold;

    private static string NewToken() => RandomNumberGenerator.GetString(Letters, TokenLength);

    private sealed class Pending(string subject, Account requester, byte[] reply, ServiceExport export, long since)
    {
        public string Subject => subject;

        public Account Requester => requester;

        public byte[] Reply => reply;

        public ServiceExport Export => export;

        public long LastActivity { get; set; } = since;

        public long QueuedAt { get; set; } = since;
    }
}
