using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Broker.Connections;

/// <summary>One connection's subscriptions by sid.</summary>
/// <remarks>
/// A hash table of the subscriptions themselves, without entries or keys of its own: with 200,000 subscriptions on a
/// connection that is what it costs. The hash is seeded, for the client chooses the sids.
/// </remarks>
internal sealed class SubscriptionTable
{
    // Smaller tables are not worth the trouble of making them smaller.
    private const int MinShrunk = 64;

    private readonly Lock _gate = new(); // guards _slots and _count
    private Subscription?[] _slots = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Places in the table: for tests.</summary>
    internal int Capacity => _slots.Length;

    public Subscription? Find(ReadOnlySpan<byte> sid)
    {
        lock (_gate)
        {
            return _count == 0 ? null : _slots[Slot(sid)];
        }
    }

    /// <summary>Adds a subscription whose sid is not in use.</summary>
    public void Add(Subscription subscription)
    {
        lock (_gate)
        {
            if (_count + 1 > _slots.Length / 4 * 3)
            {
                Resize(Math.Max(4, _slots.Length * 2));
            }

            _slots[Slot(subscription.Sid)] = subscription;
            _count++;
        }
    }

    /// <summary>Removes a subscription.</summary>
    /// <returns>False where it was no longer there: somebody else has removed it.</returns>
    public bool Remove(Subscription subscription)
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                return false;
            }

            int slot = Slot(subscription.Sid);
            if (_slots[slot] != subscription)
            {
                return false;
            }

            _slots[slot] = null;
            _count--;
            CloseGapBehind(slot);
            if (_slots.Length > MinShrunk && _count < _slots.Length / 8)
            {
                Resize(_slots.Length / 4);
            }

            return true;
        }
    }

    /// <summary>Empties the table and hands over what was in it.</summary>
    public Subscription[] TakeAll()
    {
        lock (_gate)
        {
            Subscription[] all = ToArray(_count);
            _slots = [];
            _count = 0;
            return all;
        }
    }

    /// <summary>The subscriptions, or the first <paramref name="max"/> of them, in no particular order.</summary>
    public Subscription[] ToArray(int max)
    {
        lock (_gate)
        {
            var all = new Subscription[Math.Min(_count, max)];
            int next = 0;
            for (int slot = 0; next < all.Length; slot++)
            {
                if (_slots[slot] is { } subscription)
                {
                    all[next++] = subscription;
                }
            }

            return all;
        }
    }

    // The slot that holds the sid, or the free one where it belongs.
    private int Slot(ReadOnlySpan<byte> sid)
    {
        int slot = Home(sid);
        while (_slots[slot] is { } other && !other.Sid.SequenceEqual(sid))
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    private int Home(ReadOnlySpan<byte> sid)
    {
        var hash = default(HashCode);
        hash.AddBytes(sid);
        return hash.ToHashCode() & (_slots.Length - 1);
    }

    private void Resize(int length)
    {
        Subscription[] all = ToArray(_count);
        _slots = new Subscription?[length];
        foreach (Subscription subscription in all)
        {
            _slots[Slot(subscription.Sid)] = subscription;
        }
    }

    // Linear probing without tombstones: whatever could have stood in the gap moves into it.
    private void CloseGapBehind(int gap)
    {
        int mask = _slots.Length - 1;
        for (int slot = (gap + 1) & mask; _slots[slot] is { } subscription; slot = (slot + 1) & mask)
        {
            int home = Home(subscription.Sid);
            if (((slot - home) & mask) >= ((slot - gap) & mask))
            {
                _slots[gap] = subscription;
                _slots[slot] = null;
                gap = slot;
            }
        }
    }
}
