using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts;

/// <summary>One client's interest in subjects of its account.</summary>
/// <remarks>Subject, queue and sid share one array: with hundreds of thousands of subscriptions, objects are what costs.</remarks>
internal sealed class Subscription : SublistEntry
{
    private readonly byte[] _text;
    private readonly ushort _subjectLength;
    private readonly ushort _queueLength;
    private volatile bool _isClosed;

    public Subscription(ISubscriber subscriber, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue, ReadOnlySpan<byte> sid)
    {
        Subscriber = subscriber;
        _text = new byte[subject.Length + queue.Length + sid.Length];
        subject.CopyTo(_text);
        queue.CopyTo(_text.AsSpan(subject.Length));
        sid.CopyTo(_text.AsSpan(subject.Length + queue.Length));
        _subjectLength = checked((ushort)subject.Length);
        _queueLength = checked((ushort)queue.Length);
    }

    public ISubscriber Subscriber { get; }

    public override ReadOnlySpan<byte> Subject => _text.AsSpan(0, _subjectLength);

    public override ReadOnlySpan<byte> Queue => _text.AsSpan(_subjectLength, _queueLength);

    /// <summary>The id the client gave it: opaque bytes, echoed as they came.</summary>
    public ReadOnlySpan<byte> Sid => _text.AsSpan(_subjectLength + _queueLength);

    /// <summary>Messages delivered since the subscription was made; guarded by the subscriber's outbound lock.</summary>
    public long Delivered { get; set; }

    /// <summary>Deliveries in total after which it ends by itself; 0 for none. Guarded as <see cref="Delivered"/>.</summary>
    public long Max { get; set; }

    /// <summary>Bytes of subject, queue and sid.</summary>
    public int TextLength => _text.Length;

    /// <summary>About what it costs: this object, its text, its places in table and sublist.</summary>
    public int MemoryBytes => 300 + _text.Length;

    /// <summary>True once it was removed: results of matches that are still under way must skip it.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>True where its subscriber must look at each message before it takes it: permissions may refuse it.</summary>
    public bool IsFiltered { get; set; }

    public void Close() => _isClosed = true;

    /// <summary>Looks at it again with the permissions of this moment; null permits everything.</summary>
    /// <returns>False where it must go.</returns>
    public bool MayStay(ClientPermissions? permissions)
    {
        IsFiltered = permissions?.MustFilter(Subject, Queue) == true;
        return permissions?.MayStillSubscribe(Subject, Queue) != false;
    }
}
