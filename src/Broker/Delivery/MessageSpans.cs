using System.Diagnostics;
using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Delivery;

/// <summary>A span for each message that belongs to a trace which is kept (header <c>traceparent</c>), for whoever listens to the source.</summary>
/// <remarks>The message itself goes on as it came: receivers are children of its publisher, as without a broker.</remarks>
internal static class MessageSpans
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "NatsKestrel";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>False where nobody would get a span: then nothing is looked for.</summary>
    public static bool AreWanted => Source.HasListeners();

    /// <summary>Begins the span of a message with headers; null where it has none. To be disposed of when the message is delivered.</summary>
    public static Activity? Start(ref readonly Message message, Account account, ulong publisher)
    {
        ReadOnlySpan<byte> parent = HeaderBlock.FindInAnyCase(message.Header, TraceHeaders.Parent);
        if (!TraceHeaders.IsSampled(parent) || !ActivityContext.TryParse(Encoding.UTF8.GetString(parent), null, isRemote: true, out ActivityContext context))
        {
            return null;
        }

        return Source.StartActivity("deliver", ActivityKind.Server, context)
            ?.SetTag("messaging.system", "nats")
            .SetTag("messaging.destination.name", Encoding.UTF8.GetString(message.Subject))
            .SetTag("messaging.message.body.size", message.Length - message.HeaderLength)
            .SetTag("nats.account", account.Name)
            .SetTag("nats.cid", (long)publisher);
    }
}
