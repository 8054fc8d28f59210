using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Listens to one subject of requests: copies each request, and lets a worker answer it.</summary>
/// <param name="subject">The subject, and what answers it.</param>
/// <param name="forOperators">Answers requests from within the system account.</param>
/// <param name="forAll">Does so for what comes from other accounts: nobody's operators wait for those.</param>
internal sealed class RequestSubscriber(SystemSubject subject, SystemWorker forOperators, SystemWorker forAll) : ISubscriber
{
    // What other accounts may ask is a few words long: all that may wait of theirs takes 2 MiB.
    private const int MaxImportedLength = 8 * 1024;

    /// <inheritdoc/>
    public ulong Id => 0;

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        if (message.Reply.IsEmpty && !subject.IsOrder)
        {
            return DeliveryResult.Delivered; // nobody to answer
        }

        bool isImported = message.Reply.StartsWith("_R_."u8);
        if (isImported && message.Length > MaxImportedLength)
        {
            return DeliveryResult.Refused;
        }

        SystemRequest request = SystemRequest.Copy(in message, publisher);
        return (isImported ? forAll : forOperators).TryAdd(to => AnswerAsync(to, request)) ? DeliveryResult.Delivered : DeliveryResult.Refused;
    }

    private async ValueTask AnswerAsync(SystemPublisher publisher, SystemRequest request)
    {
        if (subject.Answer(request) is not { } answer || request.Reply.Length == 0)
        {
            return;
        }

        foreach (byte[] text in answer.Bodies)
        {
            (byte[] body, byte[]? header) = answer.MayBeEncoded ? BodyEncoding.Encode(text, request.AcceptEncoding) : (text, null);
            await publisher.PublishAsync(request.Reply, body, header).ConfigureAwait(false);
        }
    }
}
