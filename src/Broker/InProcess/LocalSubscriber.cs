using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.InProcess;

/// <summary>The receiving end of one subscription of an in-process client: counts, copies once, and hands the message on.</summary>
internal abstract class LocalSubscriber : ISubscriber
{
    private readonly string? _literalSubject;

    protected LocalSubscriber(InProcessClient client, string subject, string queue, ulong sid, long max)
    {
        Client = client;
        byte[] text = Encoding.UTF8.GetBytes(subject);
        Subscription = new Subscription(this, text, Encoding.UTF8.GetBytes(queue), Encoding.UTF8.GetBytes($"{sid}")) { Max = max };
        Subscription.IsFiltered = client.Permissions?.MustFilter(Subscription.Subject, Subscription.Queue) == true;
        _literalSubject = SubjectRules.IsLiteral(text) ? subject : null;
    }

    public Subscription Subscription { get; }

    /// <inheritdoc/>
    public ulong Id => Client.Id;

    /// <summary>Bytes that wait to be read.</summary>
    public virtual long PendingBytes => 0;

    protected InProcessClient Client { get; }

    /// <summary>Guards the subscription's counts and what waits in it. The server's count of bytes is all that is touched while it is held.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>Set under <see cref="Gate"/> by a subscription that has fallen behind.</summary>
    protected bool IsReportDue { get; set; }

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        if ((publisher == Client.Id && !Client.Echo) || (subscription.IsFiltered && Client.Permissions?.MayReceive(message.Subject, subscription.Queue, message.Reply) == false))
        {
            return DeliveryResult.Refused;
        }

        DeliveryResult result;
        bool isLast, isReportDue;
        lock (Gate)
        {
            if (subscription.IsClosed || (subscription.Max > 0 && subscription.Delivered >= subscription.Max))
            {
                return DeliveryResult.Refused;
            }

            isLast = ++subscription.Delivered == subscription.Max;
            Client.CountDelivered(message.Length);
            result = Take(in message);
            isReportDue = IsReportDue;
            IsReportDue = false;
        }

        if (isReportDue)
        {
            Client.ReportSlowConsumer(subscription);
        }

        if (isLast || (result & DeliveryResult.Overflow) != 0)
        {
            Client.Remove(this);
            End((result & DeliveryResult.Overflow) != 0 ? new SlowConsumerException($"The subscription to {InProcessClient.Describe(subscription)} was cut: slow consumer.") : null);
        }

        return result;
    }

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public virtual Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;

    /// <summary>The subscription is gone: nothing more comes. Callable several times.</summary>
    /// <param name="reason">What its reader is told; null where there is nothing to tell.</param>
    public abstract void End(NatsException? reason = null);

    /// <summary>Takes a message, under <see cref="Gate"/>.</summary>
    protected abstract DeliveryResult Take(ref readonly Message message);

    /// <summary>A copy that outlives the publisher's buffers.</summary>
    protected NatsMessage Copy(ref readonly Message message)
    {
        // With its line end, as it comes: two bytes are cheaper than a second way of copying.
        var body = GC.AllocateUninitializedArray<byte>(message.Length + 2);
        message.CopyBodyTo(body);
        string subject = _literalSubject ?? Encoding.UTF8.GetString(message.Subject);
        string? reply = message.Reply.IsEmpty ? null : Encoding.UTF8.GetString(message.Reply);
        return new NatsMessage(Client, subject, reply, body, message.HeaderLength, message.Length);
    }
}
