using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Publishes in the system account as the server itself. Used by one thread at a time.</summary>
internal sealed class SystemPublisher : ISubscriber
{
    private readonly Account _account;
    private readonly LocalPublisher _publisher;

    public SystemPublisher(Account account)
    {
        _account = account;
        _publisher = new LocalPublisher(this);
    }

    /// <inheritdoc/>
    public ulong Id => 0;

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher) => DeliveryResult.Refused;

    /// <summary>Publishes a message; waits for slow receivers as any publisher does.</summary>
    /// <param name="subject">Its subject.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="header">Its header block, or null.</param>
    public ValueTask PublishAsync(string subject, byte[] payload, byte[]? header = null)
    {
        Message message = ServerMessage.Create(Encoding.UTF8.GetBytes(subject), header, payload);
        _publisher.Publish(_account, ref message);
        return _publisher.FinishAsync();
    }
}
