using System.Text;

namespace NatsKestrel.Broker.Protocol;

/// <summary>The <c>-ERR</c> texts that quote what was refused. None of them closes the connection.</summary>
internal static class PermissionErrors
{
    public static byte[] Publish(ReadOnlySpan<byte> subject) =>
        Encoding.UTF8.GetBytes($"Permissions Violation for Publish to {GoQuote.Text(subject)}");

    public static byte[] PublishTooManyTokens(ReadOnlySpan<byte> subject) =>
        Encoding.UTF8.GetBytes($"Permissions Violation for Publish to {GoQuote.Text(subject)}, too many tokens");

    public static byte[] PublishReply(ReadOnlySpan<byte> reply) =>
        Encoding.UTF8.GetBytes($"Permissions Violation for Publish with Reply of {GoQuote.Text(reply)}");

    public static byte[] Subscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue) =>
        Encoding.UTF8.GetBytes(queue.IsEmpty
            ? $"Permissions Violation for Subscription to {GoQuote.Text(subject)}"
            : $"Permissions Violation for Subscription to {GoQuote.Text(subject)} using queue {GoQuote.Text(queue)}");

    public static byte[] SubscriptionRevoked(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue, ReadOnlySpan<byte> sid) =>
        [.. Subscribe(subject, queue), .. Encoding.UTF8.GetBytes($" (sid {GoQuote.Text(sid)})")];

    public static byte[] SubscribeTooManyTokens(ReadOnlySpan<byte> subject) =>
        Encoding.UTF8.GetBytes($"Permissions Violation for Subscription to {GoQuote.Text(subject)}, too many tokens");
}
