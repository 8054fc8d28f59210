using System.Runtime.CompilerServices;

namespace NatsKestrel.Broker.Subjects;

/// <summary>Finds the subscriptions that match a subject.</summary>
/// <remarks>
/// Any thread may call anything. Matching takes no lock and does not wait for writers; writers wait for each other only. A
/// match finds every entry that is there for the whole of the call and none that is not there for the whole of it. The
/// structure itself is <see cref="SubjectTrie"/>, which knows no types and so needs no look-up of them.
/// </remarks>
internal sealed class Sublist<T>(SublistLimits limits)
    where T : SublistEntry
{
    /// <summary>Entries changed under one hold of the lock: others get their turn within a millisecond.</summary>
    private const int SliceSize = 1000;

    private readonly SublistLimits _limits = limits;
    private readonly SubjectTrie _trie = new();
    private readonly MatchCache _cache = new(limits.CacheEntries, limits.CacheBytes);
    private readonly MatchTally _tally = new();

    /// <summary>Guards changes of the trie, the entries' positions and the three counters below.</summary>
    private readonly Lock _writing = new();
    private int _count;
    private long _inserts;
    private long _removes;

    /// <summary>Entries in the sublist.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What monitoring shows of this sublist; looks at every cached result.</summary>
    public SublistStatistics Statistics
    {
        get
        {
            (int count, int maxFanout, long totalFanout) = _cache.Measure();
            return new(Count, count, Volatile.Read(ref _inserts), Volatile.Read(ref _removes), _tally.Matches, _tally.Hits, maxFanout, totalFanout);
        }
    }

    /// <summary>True where no node is left behind: for tests.</summary>
    internal bool IsStructureEmpty => _trie.IsEmpty;

    /// <summary>Bytes that cached results take, about: for tests.</summary>
    internal long CachedBytes => _cache.Bytes;

    /// <summary>Adds an entry; matches that begin after the return find it.</summary>
    /// <exception cref="ArgumentException">Its subject is no valid subscription, has a token above 65,535 bytes, or it is in a sublist already.</exception>
    public void Insert(T entry)
    {
        Check(entry);
        lock (_writing)
        {
            InsertLocked(entry);
        }
    }

    /// <summary>Adds many entries, in slices between which others get the lock.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Insert"/>; the entries before the bad one are in.</exception>
    public void InsertMany(ReadOnlySpan<T> entries)
    {
        while (!entries.IsEmpty)
        {
            ReadOnlySpan<T> slice = entries[..Math.Min(SliceSize, entries.Length)];
            lock (_writing)
            {
                foreach (T entry in slice)
                {
                    Check(entry);
                    InsertLocked(entry);
                }
            }

            entries = entries[slice.Length..];
        }
    }

    /// <summary>Takes an entry out; matches that begin after the return do not find it.</summary>
    /// <returns>False where it was not there.</returns>
    public bool Remove(T entry)
    {
        lock (_writing)
        {
            return RemoveLocked(entry);
        }
    }

    /// <summary>Takes many entries out, in slices between which others get the lock. Those that are not there do no harm.</summary>
    /// <returns>How many were there.</returns>
    public int RemoveMany(ReadOnlySpan<T> entries)
    {
        int removed = 0;
        while (!entries.IsEmpty)
        {
            ReadOnlySpan<T> slice = entries[..Math.Min(SliceSize, entries.Length)];
            lock (_writing)
            {
                foreach (T entry in slice)
                {
                    removed += RemoveLocked(entry) ? 1 : 0;
                }
            }

            entries = entries[slice.Length..];
        }

        return removed;
    }

    /// <summary>Finds who gets what is published to a subject.</summary>
    /// <param name="subject">As published: its wildcards are plain text. With an empty token it matches nothing.</param>
    /// <param name="scratch">The caller's own, used by one thread at a time; filled where the result is not cached.</param>
    /// <returns>A cached result, good for as long as one likes, or <paramref name="scratch"/>, good until its next use.</returns>
    public MatchResult<T> Match(ReadOnlySpan<byte> subject, MatchResult<T> scratch)
    {
        // Most publishers stay with a subject for a while: what they found last is tried before it is looked for.
        if (IsRecent(subject, scratch))
        {
            _tally.CountHit(scratch.TallyCell);
            return Unsafe.As<MatchResult<T>>(scratch.Recent!.Receivers);
        }

        ulong hash = SubjectHash.Compute(subject);
        if (_cache.Find(subject, hash) is { } cached)
        {
            _tally.CountHit(scratch.TallyCell);
            scratch.Recent = cached;
            return Unsafe.As<MatchResult<T>>(cached.Receivers);
        }

        _tally.CountMiss(scratch.TallyCell);
        MatchUncached(subject, hash, scratch);
        return scratch;
    }

    /// <summary>What the cache knows of a subject, uncounted; the next match of the same subject finds it at once.</summary>
    public CachedMatch? Recall(ReadOnlySpan<byte> subject, MatchResult<T> scratch)
    {
        if (!IsRecent(subject, scratch))
        {
            scratch.Recent = _cache.Find(subject, SubjectHash.Compute(subject));
        }

        return scratch.Recent;
    }

    /// <summary>Whether anybody would get what is published to a subject: neither cached nor counted.</summary>
    public bool HasMatch(ReadOnlySpan<byte> subject)
    {
        var matching = new List<T>();
        CopyMatching(subject, matching);
        return matching.Count > 0;
    }

    /// <summary>Adds who would get what is published to a subject, for the console: neither cached nor counted.</summary>
    public void CopyMatching(ReadOnlySpan<byte> subject, ICollection<T> target)
    {
        var result = new MatchResult<T>();
        if (IsMatchable(subject, result))
        {
            _trie.Match(subject, result);
        }

        AddAll(result.Plain, target);
        for (int i = 0; i < result.QueueCount; i++)
        {
            AddAll(result.Queue(i), target);
        }
    }

    /// <summary>Adds the entries that can get a message which a subscription to <paramref name="pattern"/> gets as well.</summary>
    /// <param name="pattern">A valid subscription subject.</param>
    /// <param name="target">Gets the entries in no particular order.</param>
    /// <param name="limit">Entries added at most.</param>
    public void CopyOverlapping(ReadOnlySpan<byte> pattern, ICollection<T> target, int limit = int.MaxValue)
    {
        foreach (SublistEntry entry in _trie.Overlapping(pattern.ToArray()).Take(limit))
        {
            target.Add((T)entry);
        }
    }

    /// <summary>Every entry, in no particular order: safe while others write, whose changes it may or may not show.</summary>
    public IEnumerable<T> Entries() => _trie.Entries().Cast<T>();

    /// <summary>The tokens that follow a prefix in the subjects of the entries, each with its counts, which are found by counting.</summary>
    /// <param name="prefix">Whole tokens, taken as text, wildcards too; empty for the first tokens of all subjects.</param>
    public IEnumerable<SubjectChild> Children(ReadOnlySpan<byte> prefix) => _trie.Children(prefix.ToArray());

    private bool IsRecent(ReadOnlySpan<byte> subject, MatchResult<T> scratch) =>
        scratch.Recent is { } recent && _cache.IsCurrent(recent) && subject.SequenceEqual(recent.Subject);

    // Left out of the frame of matches that the cache answers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MatchUncached(ReadOnlySpan<byte> subject, ulong hash, MatchResult<T> scratch)
    {
        scratch.Clear();
        if (!IsMatchable(subject, scratch))
        {
            return;
        }

        int bucket = MatchCache.BucketOf(subject);
        long generation = _cache.Generation(bucket);
        _trie.Match(subject, scratch);
        _cache.Offer(subject, hash, bucket, generation, scratch);
    }

    private bool IsMatchable(ReadOnlySpan<byte> subject, MatchResult<T> result)
    {
        bool isWellFormed = SubjectRules.TryCountTokens(subject, out int tokens);
        result.TooManyTokens = _limits.MaxTokens > 0 && tokens > _limits.MaxTokens;
        return isWellFormed && !result.TooManyTokens;
    }

    private static void Check(T entry)
    {
        if (!SubjectRules.IsValidSubscription(entry.Subject) || Math.Max(entry.Subject.Length, entry.Queue.Length) > ushort.MaxValue)
        {
            throw new ArgumentException("The entry's subject is no valid subscription.", nameof(entry));
        }
    }

    private void InsertLocked(T entry)
    {
        if (entry.Position != 0)
        {
            throw new ArgumentException("The entry is in a sublist already.", nameof(entry));
        }

        _trie.Insert(entry);
        Volatile.Write(ref _count, _count + 1);
        Volatile.Write(ref _inserts, _inserts + 1);
        _cache.Invalidate(entry.Subject);
    }

    private bool RemoveLocked(T entry)
    {
        if (entry.Position == 0 || !_trie.Remove(entry))
        {
            return false;
        }

        entry.Position = 0;
        Volatile.Write(ref _count, _count - 1);
        Volatile.Write(ref _removes, _removes + 1);
        _cache.Invalidate(entry.Subject);
        _cache.Forget(entry.Subject);
        return true;
    }

    private static void AddAll(ReadOnlySpan<T> entries, ICollection<T> target)
    {
        foreach (T entry in entries)
        {
            target.Add(entry);
        }
    }
}
