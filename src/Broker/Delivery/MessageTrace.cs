using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Delivery;

/// <summary>What becomes of one message that its publisher, or its account, wants to have traced.</summary>
/// <remarks>Made for messages with certain headers alone, and touched by the publisher's thread alone.</remarks>
internal sealed class MessageTrace
{
    private readonly TimeProvider _time;
    private readonly Account _account;
    private readonly List<TraceEvent> _events = [];

    private MessageTrace(ref readonly Message message, byte[] destination, bool isOnly, bool isRequested, Account account, ulong publisher, TimeProvider time)
    {
        _time = time;
        _account = account;
        Destination = destination;
        IsOnly = isOnly;
        IsRequested = isRequested;
        Header = message.Header.ToArray();
        MessageLength = message.Length;
        Add(Event("in") with { Cid = publisher, Acc = account.Name, Subj = Text(message.Subject) });
    }

    /// <summary>Subject that the trace goes to, in the publisher's account.</summary>
    public byte[] Destination { get; }

    /// <summary>True where the message is not to be delivered.</summary>
    public bool IsOnly { get; }

    /// <summary>True where the message itself asks for it; false where its account does, for messages that others trace.</summary>
    public bool IsRequested { get; }

    /// <summary>The message's header block.</summary>
    public byte[] Header { get; }

    /// <summary>Bytes of the message.</summary>
    public int MessageLength { get; }

    public IReadOnlyList<TraceEvent> Events => _events;

    /// <summary>Looks whether a message with headers is to be traced: nearly none is.</summary>
    public static MessageTrace? TryBegin(ref readonly Message message, Account account, ulong publisher, TimeProvider time)
    {
        ReadOnlySpan<byte> header = message.Header;
        ReadOnlySpan<byte> destination = HeaderBlock.Find(header, TraceHeaders.DestinationLine);
        if (destination.IsEmpty)
        {
            return account.Options.MessageTrace is { Destination.Length: > 0 } options && TraceHeaders.IsSampled(HeaderBlock.FindInAnyCase(header, TraceHeaders.Parent)) && Random.Shared.Next(100) < options.Sampling
                ? new MessageTrace(in message, Encoding.UTF8.GetBytes(options.Destination), isOnly: false, isRequested: false, account, publisher, time)
                : null;
        }

        bool isOnly = IsOn(HeaderBlock.Find(header, TraceHeaders.OnlyLine));
        return destination.SequenceEqual(TraceHeaders.Disabled) ? null
            : new MessageTrace(in message, destination.ToArray(), isOnly, isRequested: true, account, publisher, time);
    }

    /// <summary>The publisher may not publish it.</summary>
    public void Fail(ReadOnlySpan<byte> error) => _events[0] = _events[0] with { Error = Text(error) };

    /// <summary>The account has another subject for it.</summary>
    public void Map(ReadOnlySpan<byte> subject) => Add(Event("sm") with { To = Text(subject) });

    /// <summary>It goes to a service of another account.</summary>
    public void EnterService(Account account, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) =>
        Add(Event("si") with { Acc = account.Name, From = Text(from), To = Text(to) });

    /// <summary>It goes to a subscription.</summary>
    /// <param name="account">Where that is.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="message">The message as it is there.</param>
    /// <param name="error">Why it did not get there; null where it did.</param>
    public void Leave(Account account, Subscription subscription, ref readonly Message message, string? error)
    {
        if (subscription.Subscriber is StreamImportLink { Import: var import })
        {
            Add(Event("se") with { Acc = import.To.Name, To = Text(import.Subject.ToLocal(message.Subject)) });
            if (!import.AllowsTrace)
            {
                return;
            }

            account = import.To;
        }

        Add(Event("eg") with
        {
            Cid = subscription.Subscriber.Id,
            Acc = account == _account ? null : account.Name,
            Sub = Text(subscription.Subject),
            Queue = subscription.Queue.IsEmpty ? null : Text(subscription.Queue),
            Error = error,
        });
    }

    // A W3C traceparent, in any letter case, whose flags (the last of its parts) say that it is recorded.
    private static bool IsOn(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("1"u8) || Ascii.EqualsIgnoreCase(value, "true"u8) || Ascii.EqualsIgnoreCase(value, "on"u8);

    private TraceEvent Event(string type) => new(type, _time.GetUtcNow().UtcDateTime);

    private void Add(TraceEvent happened) => _events.Add(happened);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
