using System.Collections.Concurrent;
using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Admin.Feed;

/// <summary>Counts what is published in one account, by subject, while somebody looks.</summary>
/// <remarks>
/// Bounded: subjects beyond <see cref="MaxSubjects"/> are counted together, and inboxes, of which each request may have its own,
/// always are.
/// </remarks>
internal sealed class SubjectCounters : IMessageObserver
{
    /// <summary>Subjects counted one by one.</summary>
    public const int MaxSubjects = 10_000;

    private static long _lastId;

    // Most publishers stay with a subject for a while: what this thread counted last is tried before it is looked for.
    [ThreadStatic]
    private static SubjectCounter? _last;

    private readonly long _id = Interlocked.Increment(ref _lastId);
    private readonly ConcurrentDictionary<byte[], SubjectCounter> _counters = new(SubjectBytes.Comparer);
    private readonly ConcurrentDictionary<byte[], SubjectCounter>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;
    private int _count;
    private readonly long[] _sizes = new long[SizeClass.Count];
    private long _other;

    public SubjectCounters() => _bySpan = _counters.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <inheritdoc/>
    public void OnPublished(ref readonly Message message, ulong publisher, bool isTaken)
    {
        Interlocked.Increment(ref _sizes[SizeClass.Of(message.Length)]);
        if (_last is { } last && last.Owner == _id && message.Subject.SequenceEqual(last.Subject))
        {
            last.Note(message.Length, publisher, isTaken, !message.Reply.IsEmpty);
            return;
        }

        ReadOnlySpan<byte> subject = Folded(message.Subject);
        if (!_bySpan.TryGetValue(subject, out SubjectCounter? counter))
        {
            if (Volatile.Read(ref _count) >= MaxSubjects)
            {
                Interlocked.Increment(ref _other);
                return;
            }

            counter = new SubjectCounter(_id, subject.ToArray());
            if (_counters.TryAdd(counter.Subject, counter))
            {
                Interlocked.Increment(ref _count);
            }
            else
            {
                counter = _bySpan[subject];
            }
        }

        _last = counter;
        counter.Note(message.Length, publisher, isTaken, !message.Reply.IsEmpty);
    }

    /// <summary>The counts now, and the rates since the last call.</summary>
    public AccountTraffic Sample(string account, DateTimeOffset now, TimeSpan elapsed)
    {
        double seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        SubjectTraffic[] subjects = [.. _counters.Select(pair => pair.Value.Sample(Encoding.UTF8.GetString(pair.Key), now, seconds))];
        return new AccountTraffic(account, subjects, Interlocked.Read(ref _other), [.. _sizes]);
    }

    private static ReadOnlySpan<byte> Folded(ReadOnlySpan<byte> subject) =>
        subject.StartsWith("_INBOX."u8) ? "_INBOX.>"u8 : subject.StartsWith("_R_."u8) ? "_R_.>"u8 : subject;
}
