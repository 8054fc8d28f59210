using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Listens to one subject of requests: copies each request, and lets a worker answer it.</summary>
/// <param name="answer">Answers a request; null leaves it without an answer.</param>
/// <param name="forOperators">Does so for requests from within the system account.</param>
/// <param name="forAll">Does so for what comes from other accounts: nobody's operators wait for those.</param>
internal sealed class RequestSubscriber(Func<SystemRequest, SystemAnswer?> answer, SystemWorker forOperators, SystemWorker forAll) : ISubscriber
{
    // What other accounts may ask is a few words long: all that may wait of theirs takes 2 MiB.
    private const int MaxImportedLength = 8 * 1024;

    /// <inheritdoc/>
    public ulong Id => 0;

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        if (message.Reply.IsEmpty)
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

    private ValueTask AnswerAsync(SystemPublisher publisher, SystemRequest request)
    {
        if (answer(request) is not { } found)
        {
            return ValueTask.CompletedTask;
        }

        (byte[] body, byte[]? header) = found.MayBeEncoded ? BodyEncoding.Encode(found.Body, request.AcceptEncoding) : (found.Body, null);
        return publisher.PublishAsync(request.Reply, body, header);
    }
}
