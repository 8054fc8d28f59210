using System.Collections.Concurrent;
using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Admin.Feed;

/// <summary>Times requests from their publishing to that of their answer, while somebody looks; publishers never wait for it.</summary>
/// <remarks>A client without a socket may answer before its request is noted here; such a request counts as unanswered.</remarks>
internal sealed class RequestTimer : IMessageObserver, IDisposable
{
    /// <summary>Requests under way that are timed; more are not.</summary>
    public const int MaxUnderWay = 10_000;

    /// <summary>Subjects that are timed.</summary>
    public const int MaxSubjects = 200;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Account _account;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<byte[], Request> _underWay = new(SubjectBytes.Comparer);
    private readonly ConcurrentDictionary<byte[], Request>.AlternateLookup<ReadOnlySpan<byte>> _byReply;
    private volatile Timed[] _timed = [];
    private int _count;

    public RequestTimer(Account account, TimeProvider time)
    {
        _account = account;
        _time = time;
        _byReply = _underWay.GetAlternateLookup<ReadOnlySpan<byte>>();
        account.Observers.Add(this);
    }

    /// <summary>Times requests to these subjects, wildcards included; those that were timed before go on.</summary>
    public void Watch(IEnumerable<string> subjects) =>
        _timed = [.. subjects.Distinct().Take(MaxSubjects).Select(subject => Array.Find(_timed, timed => timed.Subject == subject) ?? new Timed(subject))];

    /// <inheritdoc/>
    public void OnPublished(ref readonly Message message, ulong publisher, bool isTaken)
    {
        if (Volatile.Read(ref _count) > 0 && _byReply.TryRemove(message.Subject, out _, out Request request))
        {
            Interlocked.Decrement(ref _count);
            request.Timed.Answers.Add(_time.GetElapsedTime(request.Since));
        }

        if (message.Reply.IsEmpty)
        {
            return;
        }

        foreach (Timed timed in _timed)
        {
            if (SubjectRules.Matches(timed.Pattern, message.Subject))
            {
                Begin(timed, message.Reply, isTaken);
                return;
            }
        }
    }

    /// <summary>The times so far, by subject.</summary>
    public IReadOnlyDictionary<string, RequestTimes> Sample()
    {
        foreach (var (reply, request) in _underWay)
        {
            if (_time.GetElapsedTime(request.Since) > Patience && _underWay.TryRemove(new(reply, request)))
            {
                Interlocked.Decrement(ref _count);
                Interlocked.Increment(ref request.Timed.Unanswered);
            }
        }

        return _timed.ToDictionary(static timed => timed.Subject, static timed => new RequestTimes(
            timed.Subject,
            timed.Answers.Total,
            Interlocked.Read(ref timed.Unanswered),
            timed.Answers.Percentile(0.5),
            timed.Answers.Percentile(0.95),
            timed.Answers.Percentile(0.99)));
    }

    /// <summary>Ends timing.</summary>
    public void Dispose() => _account.Observers.Remove(this);

    private void Begin(Timed timed, ReadOnlySpan<byte> reply, bool isTaken)
    {
        if (!isTaken)
        {
            Interlocked.Increment(ref timed.Unanswered);
        }
        else if (Volatile.Read(ref _count) < MaxUnderWay && _byReply.TryAdd(reply, new Request(timed, _time.GetTimestamp())))
        {
            Interlocked.Increment(ref _count);
        }
    }

    private readonly record struct Request(Timed Timed, long Since);

    private sealed class Timed(string subject)
    {
        public long Unanswered;

        public string Subject => subject;

        public byte[] Pattern { get; } = Encoding.UTF8.GetBytes(subject);

        public LatencyHistogram Answers { get; } = new();
    }
}
