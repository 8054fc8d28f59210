using System.Text;
using NatsKestrel.Broker.InProcess;

namespace NatsKestrel.WebGateway;

/// <summary>A message as browsers get it.</summary>
public sealed record GatewayMessage
{
    /// <summary>The subject it was published to.</summary>
    public required string Subject { get; init; }

    /// <summary>Where the sender waits for an answer; null where it waits for none.</summary>
    public string? Reply { get; init; }

    /// <summary>The payload where it is text; null where it is not.</summary>
    public string? Text { get; init; }

    /// <summary>The payload where it is no text (in JSON as Base64); null where it is.</summary>
    public byte[]? Data { get; init; }

    /// <summary>All values of each header; null without headers.</summary>
    public IReadOnlyDictionary<string, string[]>? Headers { get; init; }

    internal static GatewayMessage Of(NatsMessage message)
    {
        ReadOnlyMemory<byte> data = message.Data;
        bool isText = System.Text.Unicode.Utf8.IsValid(data.Span);
        return new GatewayMessage
        {
            Subject = message.Subject,
            Reply = message.Reply,
            Text = isText ? Encoding.UTF8.GetString(data.Span) : null,
            Data = isText ? null : data.ToArray(),
            Headers = message.Headers?.GroupBy(header => header.Key).ToDictionary(group => group.Key, group => group.Select(header => header.Value).ToArray()),
        };
    }
}
