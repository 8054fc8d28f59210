using System.Text;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.InProcess;

/// <summary>What an in-process client may name: stricter than the wire, because what it names is put into protocol lines.</summary>
internal static class LocalSubjects
{
    private const int StackLength = 256;

    /// <summary>Checks a publish.</summary>
    /// <exception cref="NatsException">It is not allowed.</exception>
    public static void CheckPublish(string subject, string? reply, long length, int maxPayload, ConnectionSettings settings)
    {
        if (length > maxPayload)
        {
            throw new NatsException($"A message of {length} bytes is larger than the server allows ({maxPayload}).");
        }

        Span<byte> buffer = stackalloc byte[StackLength];
        ReadOnlySpan<byte> bytes = Encode(subject, buffer);
        if (!SubjectRules.IsSafePublish(bytes) || bytes.Length > settings.MaxControlLine)
        {
            throw new NatsException($"{Quote(subject)} is no subject that can be published to.");
        }

        if (ReservedSubjects.IsReservedSubject(bytes))
        {
            throw new NatsException(Encoding.UTF8.GetString(PermissionErrors.Publish(bytes)));
        }

        if (reply is null)
        {
            return;
        }

        bytes = Encode(reply, buffer);
        if (!SubjectRules.IsSafePublish(bytes) || bytes.Length > settings.MaxControlLine)
        {
            throw new NatsException($"{Quote(reply)} is no subject that can be answered to.");
        }

        if (ReservedSubjects.IsReservedReply(bytes))
        {
            throw new NatsException(Encoding.UTF8.GetString(PermissionErrors.PublishReply(bytes)));
        }
    }

    /// <summary>Checks a subscription.</summary>
    /// <exception cref="NatsException">It is not allowed.</exception>
    public static void CheckSubscribe(string subject, string? queue, ConnectionSettings settings)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(subject);
        if (!SubjectRules.IsSafeSubscription(bytes) || bytes.Length > settings.MaxControlLine)
        {
            throw new NatsException($"{Quote(subject)} is no subject that can be subscribed to.");
        }

        if (settings.MaxSubscriptionTokens > 0 && SubjectRules.CountTokens(bytes) > settings.MaxSubscriptionTokens)
        {
            throw new NatsException(Encoding.UTF8.GetString(PermissionErrors.SubscribeTooManyTokens(bytes)));
        }

        if (string.IsNullOrEmpty(queue))
        {
            return;
        }

        byte[] queueBytes = Encoding.UTF8.GetBytes(queue);
        if (!SubjectRules.IsSafeText(queueBytes) || queueBytes.Length > settings.MaxControlLine)
        {
            throw new NatsException($"{Quote(queue)} is no name of a queue group.");
        }

        if (queueBytes.AsSpan().SequenceEqual(ReservedSubjects.SystemQueue))
        {
            throw new NatsException(Encoding.UTF8.GetString(PermissionErrors.Subscribe(bytes, queueBytes)));
        }
    }

    private static ReadOnlySpan<byte> Encode(string text, Span<byte> buffer) =>
        Encoding.UTF8.TryGetBytes(text, buffer, out int length) ? buffer[..length] : Encoding.UTF8.GetBytes(text);

    // Cut, and without control characters: it may stand in a log.
    private static string Quote(string text) => GoQuote.Text(Encoding.UTF8.GetBytes(text.Length <= 64 ? text : text[..64]));
}
