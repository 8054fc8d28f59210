namespace NatsKestrel.Admin.Access;

/// <summary>What somebody has published from the console since signing in, the latest first, and what they are about to.</summary>
internal sealed class PublishHistory
{
    /// <summary>Messages kept.</summary>
    public const int MaxKept = 50;

    /// <summary>Bytes of a payload that is kept; longer ones are not.</summary>
    public const int MaxPayload = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<PublishOrder> _orders = new();
    private PublishOrder? _draft;

    /// <summary>All that is kept, the latest first.</summary>
    public PublishOrder[] Latest()
    {
        lock (_lock)
        {
            return [.. _orders];
        }
    }

    /// <summary>Keeps a message; the same one once more moves to the front.</summary>
    public void Add(PublishOrder order)
    {
        if (order.Payload.Length > MaxPayload)
        {
            return;
        }

        lock (_lock)
        {
            LinkedListNode<PublishOrder>? former = _orders.First;
            while (former is not null && !former.Value.IsSameAs(order))
            {
                former = former.Next;
            }

            if (former is not null)
            {
                _orders.Remove(former);
            }

            _orders.AddFirst(order);
            if (_orders.Count > MaxKept)
            {
                _orders.RemoveLast();
            }
        }
    }

    /// <summary>Lays a message out to be edited and published.</summary>
    public void SetDraft(PublishOrder order) => _draft = order;

    /// <summary>Takes the message that was laid out; null where there is none.</summary>
    public PublishOrder? TakeDraft() => Interlocked.Exchange(ref _draft, null);
}
