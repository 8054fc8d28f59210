using System.Numerics;

namespace NatsKestrel.Broker.Subjects;

/// <summary>The nodes of one level by the bytes of their first token: a hash table that is read while it is written.</summary>
/// <remarks>
/// <para>
/// Open addressing over an array of references. A reader walks from the token's own place to the first null. That finds every
/// node which stays in the table meanwhile, because between its own place and where it stands no place ever becomes null: a
/// node that goes leaves <see cref="SublistNode.Removed"/> behind, except where the next place is null already and so nothing
/// can stand beyond. A place is one reference, written by one store, and a table that grows is filled first and published
/// whole; the table it replaces is never written again.
/// </para>
/// <para>At most half of the places are used, so that a token that is not there costs few looks at nodes that are.</para>
/// </remarks>
internal struct NodeMap
{
    private SublistNode?[]? _slots;
    private int _count;
    private int _used;

    /// <summary>Nodes in the map; exact for writers only.</summary>
    public readonly int Count => _count;

    /// <summary>The places of the table as they are now: nulls, <see cref="SublistNode.Removed"/>, and the nodes.</summary>
    public readonly SublistNode?[] Slots => Volatile.Read(in _slots) ?? [];

    public readonly SublistNode? Find(ReadOnlySpan<byte> token)
    {
        SublistNode?[]? slots = Volatile.Read(in _slots);
        if (slots is null)
        {
            return null;
        }

        uint hash = SubjectHash.OfToken(token);
        for (int i = (int)hash; ; i++)
        {
            SublistNode? node = Volatile.Read(ref slots[i & (slots.Length - 1)]);
            if (node is null || (node.Hash == hash && node.FirstToken.SequenceEqual(token)))
            {
                return node;
            }
        }
    }

    /// <summary>Adds a node whose first token is not in the map.</summary>
    public void Add(SublistNode node)
    {
        if (_slots is null || (_used + 1) * 2 > _slots.Length)
        {
            Rebuild(_count + 1);
        }

        int index = PlaceFor(_slots!, node.Hash);
        _used += _slots![index] is null ? 1 : 0;
        _count++;
        Volatile.Write(ref _slots[index], node);
    }

    /// <summary>Puts a node in the place of another that has the same first token.</summary>
    public readonly void Replace(SublistNode old, SublistNode node) => Volatile.Write(ref _slots![IndexOf(old)], node);

    public void Remove(SublistNode node)
    {
        if (--_count == 0)
        {
            Volatile.Write(ref _slots, null);
            _used = 0;
            return;
        }

        int mask = _slots!.Length - 1;
        int index = IndexOf(node);
        Volatile.Write(ref _slots[index], SublistNode.Removed);
        if (_slots[(index + 1) & mask] is null)
        {
            for (; _slots[index] == SublistNode.Removed; index = (index - 1) & mask)
            {
                Volatile.Write(ref _slots[index], null);
                _used--;
            }
        }

        if (_count < _slots.Length / 16)
        {
            Rebuild(_count);
        }
    }

    /// <summary>The node that is left when there is one.</summary>
    public readonly SublistNode Single() => Array.Find(_slots!, static node => node is not null && node != SublistNode.Removed)!;

    /// <summary>Makes a table without remains of removed nodes, with room to spare so that the next one is far.</summary>
    private void Rebuild(int count)
    {
        var slots = new SublistNode?[(int)BitOperations.RoundUpToPowerOf2((uint)(count * 2) + (uint)(count / 4))];
        foreach (SublistNode? node in Slots)
        {
            if (node is not null && node != SublistNode.Removed)
            {
                slots[PlaceFor(slots, node.Hash)] = node;
            }
        }

        _used = _count;
        Volatile.Write(ref _slots, slots);
    }

    private static int PlaceFor(SublistNode?[] slots, uint hash)
    {
        int mask = slots.Length - 1;
        int index = (int)hash & mask;
        while (slots[index] is { } node && node != SublistNode.Removed)
        {
            index = (index + 1) & mask;
        }

        return index;
    }

    private readonly int IndexOf(SublistNode node)
    {
        int mask = _slots!.Length - 1;
        int index = (int)node.Hash & mask;
        while (_slots[index] != node)
        {
            index = (index + 1) & mask;
        }

        return index;
    }
}
