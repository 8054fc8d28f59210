using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NatsKestrel.Broker.Subjects;

/// <summary>Who listens to one subject: every plain subscription, and the members of each queue group.</summary>
/// <remarks>Either a cached one, which is never changed, or the caller's own, refilled by each match.</remarks>
internal sealed class MatchResult<T> : MatchResult
    where T : SublistEntry
{
    /// <summary>Plain subscriptions, in no particular order.</summary>
    public ReadOnlySpan<T> Plain => AsEntries(Receivers, PlainCount);

    /// <summary>The members of one queue group.</summary>
    public ReadOnlySpan<T> Queue(int index) => AsEntries(Groups[index].Members, Groups[index].Count);

    /// <inheritdoc/>
    private protected override MatchResult CreateEmpty() => new MatchResult<T>();

    // A sublist of T stores nothing else, so what looks like SublistEntry[] may be read as T without a check per element.
    private static ReadOnlySpan<T> AsEntries(SublistEntry[] entries, int count) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<SublistEntry, T>(ref MemoryMarshal.GetArrayDataReference(entries)), count);
}

/// <summary>A result as the trie fills it and the cache keeps it: the part that need not know the type of its entries.</summary>
/// <remarks>Fields are arrays that stay from match to match: filling a result again allocates nothing.</remarks>
internal abstract class MatchResult
{
    /// <summary>A result that once had room for more gives it back: one huge fan-out must not stay in every publisher.</summary>
    private const int MaxKeptCapacity = 64 * 1024;

    /// <summary>Up to here groups are searched one by one, beyond by <see cref="_groupIndex"/>.</summary>
    private const int MaxScannedGroups = 8;

    private protected SublistEntry[] Receivers = [];
    private protected QueueGroup[] Groups = [];
    private int[] _groupIndex = [];
    private int _indexedGroups;
    private (SublistBranches? Branches, int Start)[] _postponed = [];
    private int _postponedCount;
    private int _capacity;

    /// <summary>Where matches into this result are counted.</summary>
    public int TallyCell { get; } = MatchTally.NextCell();

    /// <summary>What the cache answered last to whoever uses this as scratch; dropped by <see cref="Clear"/>.</summary>
    public CachedMatch? Recent { get; set; }

    public int PlainCount { get; private set; }

    /// <summary>Queue groups: one per name, whatever subscription subjects its members have.</summary>
    public int QueueCount { get; private set; }

    /// <summary>True where nothing was looked for, because the subject has more tokens than the sublist allows.</summary>
    public bool TooManyTokens { get; set; }

    public bool IsEmpty => PlainCount == 0 && QueueCount == 0;

    /// <summary>Bytes of a copy, about.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 120 + (8L * PlainCount);
            foreach (ref readonly QueueGroup group in Groups.AsSpan(0, QueueCount))
            {
                bytes += 56 + (8L * group.Count);
            }

            return bytes;
        }
    }

    /// <summary>Forgets everything, references too: a result at rest keeps no closed connection alive.</summary>
    public void Clear()
    {
        TooManyTokens = false;
        Recent = null;
        if (_capacity > MaxKeptCapacity)
        {
            Receivers = [];
            Groups = [];
            _groupIndex = [];
            _capacity = 0;
        }
        else
        {
            Array.Clear(Receivers, 0, PlainCount);
            foreach (ref QueueGroup group in Groups.AsSpan(0, QueueCount))
            {
                Array.Clear(group.Members, 0, group.Count);
                group.Count = 0;
            }
        }

        PlainCount = 0;
        QueueCount = 0;
        _indexedGroups = 0;
    }

    /// <summary>A copy with not a byte to spare, for the cache.</summary>
    public MatchResult ToKept()
    {
        MatchResult kept = CreateEmpty();
        kept.Receivers = Receivers.AsSpan(0, PlainCount).ToArray();
        kept.PlainCount = PlainCount;
        kept.Groups = Groups.AsSpan(0, QueueCount).ToArray();
        kept.QueueCount = QueueCount;
        foreach (ref QueueGroup group in kept.Groups.AsSpan())
        {
            group.Members = group.Members.AsSpan(0, group.Count).ToArray();
        }

        return kept;
    }

    /// <summary>Adds the listeners of a node, the members of its queue groups to those of the same name.</summary>
    public void Add(SublistNode node)
    {
        if (node.Listeners is { } listeners)
        {
            int count = PlainCount;
            AddListeners(listeners, ref Receivers, ref count);
            PlainCount = count;
        }

        if (node.Branches is not { } branches)
        {
            return;
        }

        // The names at one node differ, so the first that has groups needs no search.
        bool isFirst = QueueCount == 0;
        foreach (SublistNode? group in branches.Groups.Slots)
        {
            if (group?.Listeners is { } members)
            {
                ref QueueGroup target = ref isFirst ? ref AddGroup(group) : ref FindOrAddGroup(group);
                AddListeners(members, ref target.Members, ref target.Count);
            }
        }
    }

    /// <summary>Remembers branches that the walk returns to.</summary>
    public void Postpone(SublistBranches branches, int start)
    {
        if (_postponedCount == _postponed.Length)
        {
            Array.Resize(ref _postponed, Math.Max(8, _postponedCount * 2));
        }

        _postponed[_postponedCount++] = (branches, start);
    }

    public bool TryResume(ref SublistBranches branches, ref int start)
    {
        if (_postponedCount == 0)
        {
            return false;
        }

        ref (SublistBranches? Branches, int Start) last = ref _postponed[--_postponedCount];
        (branches, start) = (last.Branches!, last.Start);
        last.Branches = null;
        return true;
    }

    /// <summary>A new result of the same type.</summary>
    private protected abstract MatchResult CreateEmpty();

    private void AddListeners(object listeners, ref SublistEntry[] target, ref int count)
    {
        if (listeners is not EntryBag bag)
        {
            EnsureCapacity(ref target, count + 1);
            At(target, count++) = Unsafe.As<SublistEntry>(listeners);
            return;
        }

        SublistEntry?[] items = bag.Items;
        EnsureCapacity(ref target, count + items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i] is { } entry)
            {
                At(target, count++) = entry;
            }
        }
    }

    private void EnsureCapacity(ref SublistEntry[] array, int capacity)
    {
        if (array.Length < capacity)
        {
            int length = Math.Max(capacity, array.Length * 2);
            _capacity += length - array.Length;
            Array.Resize(ref array, length);
        }
    }

    private ref QueueGroup AddGroup(SublistNode node)
    {
        if (QueueCount == Groups.Length)
        {
            int length = Math.Max(2, QueueCount * 2);
            _capacity += length - QueueCount;
            Array.Resize(ref Groups, length);
        }

        ref QueueGroup group = ref Groups[QueueCount++];
        group.Members ??= [];
        group.Name = node.Label;
        group.Hash = node.Hash;
        return ref group;
    }

    private ref QueueGroup FindOrAddGroup(SublistNode node)
    {
        if (QueueCount > MaxScannedGroups)
        {
            int index = FindIndexed(node);
            return ref index < 0 ? ref AddGroup(node) : ref Groups[index];
        }

        for (int i = 0; i < QueueCount; i++)
        {
            if (IsNamed(Groups[i], node))
            {
                return ref Groups[i];
            }
        }

        return ref AddGroup(node);
    }

    /// <summary>Looks a group up by hash, for publishers that reach thousands of groups through overlapping wildcards.</summary>
    private int FindIndexed(SublistNode node)
    {
        if (_groupIndex.Length < QueueCount * 2)
        {
            _capacity += Groups.Length;
            _groupIndex = new int[Groups.Length * 4];
            _indexedGroups = 0;
        }
        else if (_indexedGroups == 0)
        {
            Array.Clear(_groupIndex);
        }

        int mask = _groupIndex.Length - 1;
        while (_indexedGroups < QueueCount)
        {
            int free = (int)Groups[_indexedGroups].Hash & mask;
            while (_groupIndex[free] != 0)
            {
                free = (free + 1) & mask;
            }

            _groupIndex[free] = ++_indexedGroups;
        }

        for (int i = (int)node.Hash & mask; _groupIndex[i] != 0; i = (i + 1) & mask)
        {
            if (IsNamed(Groups[_groupIndex[i] - 1], node))
            {
                return _groupIndex[i] - 1;
            }
        }

        return -1;
    }

    private static bool IsNamed(in QueueGroup group, SublistNode node) =>
        group.Hash == node.Hash && group.Name.AsSpan().SequenceEqual(node.Label);

    // Storing into an array of a class that is not sealed asks for the array's type each time; these arrays are what they seem.
    private static ref SublistEntry At(SublistEntry[] array, int index) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), index);

    private protected struct QueueGroup
    {
        public SublistEntry[] Members;
        public byte[] Name;
        public int Count;
        public uint Hash;
    }
}
