using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>Stands in the exporting account for a subscription of an importing one, and hands messages on under their local name.</summary>
internal sealed class StreamImportLink(StreamImport import, Subscription original) : ISubscriber
{
    private readonly ISubscriber _subscriber = original.Subscriber;

    public StreamImport Import => import;

    /// <inheritdoc/>
    public ulong Id => _subscriber.Id;

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        byte[] local = import.Subject.ToLocal(message.Subject);
        if (original.IsClosed || !SubjectRules.Matches(original.Subject, local))
        {
            return DeliveryResult.Refused;
        }

        Message renamed = message;
        renamed.Subject = local;
        return _subscriber.Deliver(original, ref renamed, publisher);
    }

    /// <inheritdoc/>
    public void Flush() => _subscriber.Flush();

    /// <inheritdoc/>
    public Task WaitForRoomAsync(TimeSpan limit) => _subscriber.WaitForRoomAsync(limit);
}
