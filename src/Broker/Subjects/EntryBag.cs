namespace NatsKestrel.Broker.Subjects;

/// <summary>The entries of one subject or queue group that has more than one: cheap to add to and to remove from.</summary>
/// <remarks>
/// Entries are appended to spare room and leave holes behind, so that neither copies the others: tens of thousands may share a
/// subject. Readers take <see cref="Items"/> once and look at every place of it; whenever entries have to move they move into
/// a new array, so a reader finds each entry that stays exactly once. Writers hold the sublist's lock.
/// </remarks>
internal sealed class EntryBag
{
    private volatile SublistEntry?[] _items = new SublistEntry?[4];
    private int _used;
    private int _count;

    public EntryBag(SublistEntry first, SublistEntry second)
    {
        Add(first);
        Add(second);
    }

    /// <summary>The entries, with null at every place that is free.</summary>
    public SublistEntry?[] Items => _items;

    public int Count => _count;

    public void Add(SublistEntry entry)
    {
        if (_used == _items.Length)
        {
            MoveTo(_count > _used / 4 * 3 ? _used * 2 : _used);
        }

        Volatile.Write(ref _items[_used++], entry);
        entry.Position = _used;
        _count++;
    }

    public bool Remove(SublistEntry entry)
    {
        int index = entry.Position - 1;
        if ((uint)index >= (uint)_used || _items[index] != entry)
        {
            return false;
        }

        Volatile.Write(ref _items[index], null);
        _count--;
        if (_used > 8 && _count < _used / 4)
        {
            MoveTo(Math.Max(4, _count * 2));
        }

        return true;
    }

    /// <summary>The entry that is left when there is one.</summary>
    public SublistEntry Single() => Array.Find(_items, static item => item is not null)!;

    private void MoveTo(int capacity)
    {
        var items = new SublistEntry?[capacity];
        int used = 0;
        foreach (SublistEntry? entry in _items)
        {
            if (entry is not null)
            {
                items[used++] = entry;
                entry.Position = used;
            }
        }

        _items = items;
        _used = used;
    }
}
