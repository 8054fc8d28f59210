using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Tests.Delivery;

/// <summary>A receiver that remembers what it got, and does as the test says.</summary>
internal sealed class RecordingSubscriber(ulong id = 1) : ISubscriber
{
    public ulong Id => id;

    /// <summary>What becomes of a delivery.</summary>
    public Func<Subscription, DeliveryResult> Result { get; set; } = static _ => DeliveryResult.Delivered;

    /// <summary>Sid and body of each message taken, in order.</summary>
    public List<string> Received { get; } = [];

    /// <summary>The shared bodies that came along, null where there was none.</summary>
    public List<SharedBody?> Shared { get; } = [];

    public int Flushes { get; private set; }

    public Action Flushing { get; set; } = static () => { };

    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        DeliveryResult result = Result(subscription);
        if (result != DeliveryResult.Refused)
        {
            var body = new byte[message.Length + 2];
            message.CopyBodyTo(body);
            Received.Add($"{Encoding.Latin1.GetString(subscription.Sid)} {Encoding.Latin1.GetString(body)}".TrimEnd());
            Shared.Add(message.Shared);
        }

        return result;
    }

    public void Flush()
    {
        Flushes++;
        Flushing();
    }

    public Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;
}
