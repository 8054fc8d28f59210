using System.Runtime.CompilerServices;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Delivery;

/// <summary>Delivers what one connection publishes: match, pick queue members, hand over.</summary>
/// <remarks>Belongs to one connection and is touched by its read loop alone.</remarks>
internal sealed class Publisher(ISubscriber self)
{
    /// <summary>Deliveries of one message made in a row; the rest waits for the next <see cref="Continue"/>.</summary>
    public const int MaxFanOut = 1000;

    /// <summary>Accounts that a message passes through at most, one import behind the other.</summary>
    private const int MaxAccounts = 16;

    private readonly MatchResult<Subscription> _scratch = new();
    private ulong _random = self.Id * 0x9E3779B97F4A7C15 + 1;
    private FanOut? _fanOut;
    private MatchResult<Subscription>?[] _scratchBeyond = [];
    private int _beyond;
    private byte[] _mapped = [];

    /// <summary>Whom the deliveries so far leave to be flushed.</summary>
    public DeliveryBatch Batch { get; } = new();

    /// <summary>False where the publisher must not get its own messages back (<c>echo:false</c>).</summary>
    public bool Echo { get; set; } = true;

    /// <summary>True while a message with very many receivers has not reached all of them.</summary>
    public bool HasMore => _fanOut is not null;

    /// <summary>Gives a message the subject that the account's mappings make of its own, and asks whether that may be published to.</summary>
    public bool MayPublish(Account account, ClientPermissions? permissions, ref Message message, MessageTrace? trace = null)
    {
        Map(account, ref message, ref _mapped, trace);
        return permissions is null || permissions.MayPublish(message.Subject, account.Sublist.Recall(message.Subject, _scratch));
    }

    /// <summary>Delivers a message to everyone in the account who listens to its subject.</summary>
    public PublishResult Publish(Account account, ref Message message)
    {
        PublishResult result = Deliver(account, ref message);
        if (!account.Observers.IsEmpty)
        {
            account.Observers.Show(in message, self.Id, result == PublishResult.Delivered);
        }

        return result;
    }

    /// <summary>The same for a message that is traced: slower, and to all at once.</summary>
    public PublishResult PublishTraced(Account account, ref Message message, MessageTrace trace)
    {
        MatchResult<Subscription> receivers = account.Sublist.Match(message.Subject, _scratch);
        bool isTaken = DeliverTraced(account, receivers, ref message, trace);
        if (!account.Observers.IsEmpty && !trace.IsOnly)
        {
            account.Observers.Show(in message, self.Id, isTaken);
        }

        return isTaken ? PublishResult.Delivered : receivers.TooManyTokens ? PublishResult.TooManyTokens : PublishResult.Nobody;
    }

    private PublishResult Deliver(Account account, ref Message message)
    {
        MatchResult<Subscription> receivers = account.Sublist.Match(message.Subject, _scratch);
        return !receivers.IsEmpty ? Deliver(receivers, ref message)
            : receivers.TooManyTokens ? PublishResult.TooManyTokens
            : PublishResult.Nobody;
    }

    // Apart from the match, which would otherwise clear a large frame for what nobody hears.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private PublishResult Deliver(MatchResult<Subscription> receivers, ref Message message)
    {
        bool isShared = message.Length >= SharedBody.MinLength && receivers.PlainCount + receivers.QueueCount > 1;
        bool isTaken = receivers.PlainCount > MaxFanOut ? BeginFanOut(receivers, ref message)
            : isShared ? DeliverShared(receivers, ref message)
            : DeliverToAll(receivers, ref message);
        return isTaken ? PublishResult.Delivered : PublishResult.Nobody;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool BeginFanOut(MatchResult<Subscription> receivers, ref Message message)
    {
        _fanOut = new FanOut(receivers.Plain, ref message);
        bool isTaken = DeliverToQueues(receivers, ref message);

        // Slices that nobody took cost next to nothing, and whether anybody takes it must be known now.
        while (HasMore && !isTaken)
        {
            isTaken = Continue();
        }

        return isTaken;
    }

    /// <summary>Who alone (not as queue member) listens to a subject. Good until the next match.</summary>
    public ReadOnlySpan<Subscription> Match(Account account, ReadOnlySpan<byte> subject) =>
        account.Sublist.Match(subject, _scratch).Plain;

    /// <summary>Goes on with a message that has very many receivers.</summary>
    /// <returns>True where anybody took it.</returns>
    public bool Continue()
    {
        FanOut fanOut = _fanOut!;
        Message message = fanOut.Message;
        bool isDelivered = DeliverToPlain(fanOut.Next(MaxFanOut), ref message);
        if (fanOut.IsDone)
        {
            fanOut.Release();
            _fanOut = null;
        }

        return isDelivered;
    }

    /// <summary>Lets go of the receivers last found, before the publisher waits for more to publish.</summary>
    /// <remarks>
    /// They may close meanwhile. Each of them held by a publisher that is gone itself, and held in turn, would be a chain of
    /// closed connections without end.
    /// </remarks>
    public void Rest()
    {
        _scratch.Clear();
        foreach (MatchResult<Subscription>? scratch in _scratchBeyond)
        {
            scratch?.Clear();
        }
    }

    /// <summary>Gives back what an unfinished fan-out holds: the publisher is gone.</summary>
    public void Abandon()
    {
        _fanOut?.Release();
        _fanOut = null;
        Batch.ForgetSlow();
        Rest();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool DeliverShared(MatchResult<Subscription> receivers, ref Message message)
    {
        SharedBody body = message.Shared = SharedBody.Copy(in message);
        try
        {
            return DeliverToAll(receivers, ref message);
        }
        finally
        {
            message.Shared = null;
            body.Release();
        }
    }

    private bool DeliverToAll(MatchResult<Subscription> receivers, ref Message message) =>
        DeliverToPlain(receivers.Plain, ref message) | DeliverToQueues(receivers, ref message);

    private bool DeliverToPlain(ReadOnlySpan<Subscription> subscriptions, ref Message message)
    {
        bool isDelivered = false;
        foreach (Subscription subscription in subscriptions)
        {
            isDelivered |= TryDeliver(subscription, ref message);
        }

        return isDelivered;
    }

    private bool DeliverToQueues(MatchResult<Subscription> receivers, ref Message message)
    {
        bool isDelivered = false;
        for (int i = 0; i < receivers.QueueCount; i++)
        {
            isDelivered |= DeliverToOne(receivers.Queue(i), ref message);
        }

        return isDelivered;
    }

    // A random member, then the next ones until one takes it.
    private bool DeliverToOne(ReadOnlySpan<Subscription> members, ref Message message)
    {
        int index = NextRandom(members.Length);
        for (int tries = 0; tries < members.Length; tries++)
        {
            if (TryDeliver(members[index], ref message))
            {
                return true;
            }

            index = index + 1 == members.Length ? 0 : index + 1;
        }

        return false;
    }

    private bool TryDeliver(Subscription subscription, ref Message message)
    {
        ISubscriber subscriber = subscription.Subscriber;
        if (!Echo && subscriber == self)
        {
            return false;
        }

        if (subscriber is AccountLink link)
        {
            return TryForward(link.Gate, ref message, trace: null);
        }

        DeliveryResult result = subscriber.Deliver(subscription, ref message, self.Id);
        if (result == DeliveryResult.Refused)
        {
            return false;
        }

        Batch.Add(subscriber, result, message.Length);
        return true;
    }

    private bool DeliverTraced(Account account, MatchResult<Subscription> receivers, ref Message message, MessageTrace trace)
    {
        bool isTaken = false;
        foreach (Subscription subscription in receivers.Plain)
        {
            isTaken |= TryDeliverTraced(account, subscription, ref message, trace);
        }

        for (int i = 0; i < receivers.QueueCount; i++)
        {
            ReadOnlySpan<Subscription> members = receivers.Queue(i);
            int first = NextRandom(members.Length);
            for (int tries = 0; tries < members.Length; tries++)
            {
                if (TryDeliverTraced(account, members[(first + tries) % members.Length], ref message, trace))
                {
                    isTaken = true;
                    break;
                }
            }
        }

        return isTaken;
    }

    private bool TryDeliverTraced(Account account, Subscription subscription, ref Message message, MessageTrace trace)
    {
        if (subscription.Subscriber is AccountLink { Gate: var gate })
        {
            return TryForward(gate, ref message, trace);
        }

        bool isTaken = trace.IsOnly || TryDeliver(subscription, ref message);
        trace.Leave(account, subscription, in message, isTaken ? null : WhyNot(subscription));
        return isTaken;
    }

    // As nats-server words it.
    private string WhyNot(Subscription subscription) => "Not delivered because " + (subscription switch
    {
        _ when !Echo && subscription.Subscriber == self => "of no echo",
        { IsClosed: true } => "subscription is closed",
        { Max: > 0 } when subscription.Delivered >= subscription.Max => "auto-unsubscribe exceeded",
        { IsFiltered: true } => "subscription denies this subject",
        _ => "client is closed",
    });

    // Published once more, in the account behind the gate. There it goes to all at once, however many they are.
    private bool TryForward(IAccountGate gate, ref Message message, MessageTrace? trace)
    {
        if (_beyond == MaxAccounts || gate.Forward(in message, self as IRequester) is not { } forwarded)
        {
            return false;
        }

        Account account = forwarded.Target;
        Message there = forwarded.Apply(in message);
        trace?.EnterService(account, message.Subject, there.Subject);
        byte[] mapped = [];
        if (!forwarded.IsAnswer)
        {
            Map(account, ref there, ref mapped, trace);
        }

        if (_scratchBeyond.Length == 0)
        {
            _scratchBeyond = new MatchResult<Subscription>[MaxAccounts];
        }

        MatchResult<Subscription> scratch = _scratchBeyond[_beyond] ??= new();
        _beyond++;
        MatchResult<Subscription> receivers = account.Sublist.Match(there.Subject, scratch);
        bool isTaken = trace is not null && gate.AllowsTrace ? DeliverTraced(account, receivers, ref there, trace)
            : trace is not { IsOnly: true } && DeliverToAll(receivers, ref there);
        _beyond--;
        if (!isTaken)
        {
            gate.Undo(forwarded);
        }

        return isTaken;
    }

    private static void Map(Account account, ref Message message, ref byte[] mapped, MessageTrace? trace)
    {
        if (account.Mappings is { } mappings && mappings.TryMap(message.Subject, ref mapped, out int length))
        {
            message.Subject = mapped.AsSpan(0, length);
            trace?.Map(message.Subject);
        }
    }

    // xorshift64*: fair enough to spread work, and no state shared between publishers.
    private int NextRandom(int below)
    {
        _random ^= _random >> 12;
        _random ^= _random << 25;
        _random ^= _random >> 27;
        return (int)(((_random * 0x2545F4914F6CDD1D >> 32) * (ulong)below) >> 32);
    }
}
