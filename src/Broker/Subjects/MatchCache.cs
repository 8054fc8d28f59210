using System.Numerics;

namespace NatsKestrel.Broker.Subjects;

/// <summary>Results of matches, by subject: read without locks, bounded in entries and bytes.</summary>
/// <remarks>
/// <para>
/// A table of sets of <see cref="Ways"/> places. An entry never changes; it is good as long as its generation is the current
/// one. There is a generation for each of <see cref="Buckets"/> classes of first tokens, so that inboxes which come and go do
/// not invalidate everything else; a subscription that begins with a wildcard counts in all. A writer bumps after the trie
/// has changed and before its call returns; a reader reads the generation before it walks. So an entry whose generation is
/// current was made by a walk that saw every change whose call had returned.
/// </para>
/// <para>
/// A subject gets an entry when it is seen the second time in a generation. A million different subjects leave nothing but
/// marks in a small table, and neither do subjects whose subscriptions change with each message. The table of results grows when
/// one that is still good would have to go for another.
/// </para>
/// </remarks>
internal sealed class MatchCache
{
    private const int Ways = 4;
    private const int Buckets = 64;
    private const int EntryBytes = 96;
    private const int SweptPerChange = 16;
    private const int FirstLength = 64;
    private const int Growth = 4;

    private readonly int _capacity;
    private readonly long _maxBytes;
    private readonly long[] _generations = new long[Buckets];
    private CachedMatch?[]? _entries;
    private uint[]? _marks;
    private long _bytes;
    private int _hand;
    private int _sweepHand;

    /// <param name="maxEntries">Results kept at most; below four for none. Rounded down to a power of two.</param>
    /// <param name="maxBytes">Bytes they may take together, subjects and all, about.</param>
    public MatchCache(int maxEntries, long maxBytes)
    {
        _capacity = maxEntries < Ways ? 0 : (int)BitOperations.RoundUpToPowerOf2((uint)maxEntries / 2 + 1);
        _maxBytes = maxBytes;
    }

    /// <summary>Bytes that the results take, about.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The class of a subject: all whose first token has the same hash.</summary>
    public static int BucketOf(ReadOnlySpan<byte> subject) =>
        (int)(SubjectHash.OfToken(subject[..SubjectRules.TokenEnd(subject, 0)]) & (Buckets - 1));

    /// <summary>To be read before the walk whose result is offered.</summary>
    public long Generation(int bucket) => Volatile.Read(ref _generations[bucket]);

    /// <summary>True where the entry is of this cache and still says who listens.</summary>
    public bool IsCurrent(CachedMatch entry) => entry.Cache == this && entry.Generation == Volatile.Read(ref _generations[entry.Bucket]);

    public CachedMatch? Find(ReadOnlySpan<byte> subject, ulong hash)
    {
        CachedMatch?[]? entries = Volatile.Read(ref _entries);
        if (entries is null)
        {
            return null;
        }

        int set = SetOf(hash, entries);
        for (int i = 0; i < Ways; i++)
        {
            CachedMatch? entry = Volatile.Read(ref entries[PlaceOf(set, hash, i)]);
            if (entry is not null && entry.Hash == hash && IsCurrent(entry) && subject.SequenceEqual(entry.Subject))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Keeps a copy of a result, where that is worth it.</summary>
    public void Offer(ReadOnlySpan<byte> subject, ulong hash, int bucket, long generation, MatchResult result)
    {
        if (_capacity == 0 || !WasSeen(hash, generation))
        {
            return;
        }

        // One result may take a quarter of the room: a huge fan-out must not push out all the others.
        long bytes = EntryBytes + subject.Length + result.Bytes;
        if (bytes > _maxBytes / 4)
        {
            return;
        }

        CachedMatch?[] entries = Volatile.Read(ref _entries) ?? Create(ref _entries, Math.Min(FirstLength, _capacity));
        if (Interlocked.Add(ref _bytes, bytes) > _maxBytes && !MakeRoom(entries))
        {
            Interlocked.Add(ref _bytes, -bytes);
            return;
        }

        Keep(new CachedMatch(this, hash, subject.ToArray(), bucket, generation, result.ToKept(), bytes));
    }

    /// <summary>Invalidates what a subscription to this subject could be part of. Under the sublist's writer lock.</summary>
    public void Invalidate(ReadOnlySpan<byte> subject)
    {
        ReadOnlySpan<byte> first = subject[..SubjectRules.TokenEnd(subject, 0)];
        if (!SubjectRules.IsStar(first) && !SubjectRules.IsRest(first))
        {
            Bump(BucketOf(first));
            return;
        }

        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            Bump(bucket);
        }
    }

    /// <summary>
    /// Drops the result for a subject that lost a subscription, and some that are stale: without that they would keep closed
    /// connections alive until others take their places. Under the sublist's writer lock.
    /// </summary>
    public void Forget(ReadOnlySpan<byte> subject)
    {
        if (Volatile.Read(ref _entries) is not { } entries)
        {
            return;
        }

        ulong hash = SubjectHash.Compute(subject);
        int set = SetOf(hash, entries);
        for (int i = 0; i < Ways; i++)
        {
            DropIfStale(ref entries[set + i]);
        }

        for (int i = 0; i < SweptPerChange; i++)
        {
            DropIfStale(ref entries[_sweepHand++ & (entries.Length - 1)]);
        }
    }

    /// <summary>Counts the results that are valid, and their receivers.</summary>
    public (int Count, int MaxFanout, long TotalFanout) Measure()
    {
        (int count, int max, long total) = (0, 0, 0);
        foreach (CachedMatch? entry in Volatile.Read(ref _entries) ?? [])
        {
            if (entry is not null && IsCurrent(entry))
            {
                int fanout = entry.Receivers.PlainCount + entry.Receivers.QueueCount;
                count++;
                max = Math.Max(max, fanout);
                total += fanout;
            }
        }

        return (count, max, total);
    }

    private static int SetOf(ulong hash, CachedMatch?[] entries) => (int)hash & (entries.Length - 1) & -Ways;

    /// <summary>Each subject tries the places of its set in an order of its own, so that most are found at the first.</summary>
    private static int PlaceOf(int set, ulong hash, int way) => set + (((int)(hash >> 60) + way) & (Ways - 1));

    private static TItem[] Create<TItem>(ref TItem[]? field, int length)
    {
        var created = new TItem[length];
        return Interlocked.CompareExchange(ref field, created, null) ?? created;
    }

    private void Keep(CachedMatch entry)
    {
        CachedMatch?[] entries = Volatile.Read(ref _entries)!;
        CachedMatch? former = Interlocked.Exchange(ref entries[ChoosePlace(entries, entry.Hash)], entry);
        Release(former);
        if (former is not null && former.Hash != entry.Hash && IsCurrent(former) && entries.Length < _capacity)
        {
            Grow(entries);
        }
        else if (Volatile.Read(ref _entries) != entries)
        {
            // The table grew meanwhile, and whoever moved its entries may have been past this place.
            Move(entries);
        }
    }

    private void Grow(CachedMatch?[] entries)
    {
        var larger = new CachedMatch?[Math.Min(entries.Length * Growth, _capacity)];
        Interlocked.CompareExchange(ref _entries, larger, entries);
        Move(entries);
    }

    // Out of a table that is none any more; each entry is taken by one thread.
    private void Move(CachedMatch?[] entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            if (Volatile.Read(ref entries[i]) is null || Interlocked.Exchange(ref entries[i], null) is not { } entry)
            {
                continue;
            }

            if (IsCurrent(entry))
            {
                Keep(entry);
            }
            else
            {
                Release(entry);
            }
        }
    }

    private void Bump(int bucket) => Volatile.Write(ref _generations[bucket], _generations[bucket] + 1);

    /// <summary>True the second time; racing readers may lose a mark, which costs one more walk.</summary>
    /// <remarks>Marks stand in sets, the newest first: subjects that come in turn must not wipe out each other's for ever.</remarks>
    private bool WasSeen(ulong hash, long generation)
    {
        uint[] marks = Volatile.Read(ref _marks) ?? Create(ref _marks, _capacity);
        uint mark = (uint)(hash >> 32) ^ ((uint)generation * 0x9E37_79B9);
        Span<uint> set = marks.AsSpan((int)hash & (marks.Length - 1) & -Ways, Ways);
        if (set.Contains(mark))
        {
            return true;
        }

        set[..^1].CopyTo(set[1..]);
        set[0] = mark;
        return false;
    }

    private int ChoosePlace(CachedMatch?[] entries, ulong hash)
    {
        int set = SetOf(hash, entries);
        for (int i = 0; i < Ways; i++)
        {
            int place = PlaceOf(set, hash, i);
            if (entries[place] is not { } entry || entry.Hash == hash || !IsCurrent(entry))
            {
                return place;
            }
        }

        return PlaceOf(set, hash, Interlocked.Increment(ref _hand));
    }

    /// <summary>Goes round once at most, dropping results until the others fit.</summary>
    private bool MakeRoom(CachedMatch?[] entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            int place = Interlocked.Increment(ref _hand) & (entries.Length - 1);
            if (entries[place] is not null)
            {
                Release(Interlocked.Exchange(ref entries[place], null));
                if (Bytes <= _maxBytes)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void DropIfStale(ref CachedMatch? place)
    {
        CachedMatch? entry = Volatile.Read(ref place);
        if (entry is not null && !IsCurrent(entry) && Interlocked.CompareExchange(ref place, null, entry) == entry)
        {
            Release(entry);
        }
    }

    private void Release(CachedMatch? entry)
    {
        if (entry is not null)
        {
            Interlocked.Add(ref _bytes, -entry.Bytes);
        }
    }
}
