using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NatsKestrel.Broker.InProcess;

/// <summary>A message as an in-process client received it. Its bytes are its own: they may be kept.</summary>
public sealed class NatsMessage
{
    private readonly InProcessClient _client;
    private readonly byte[] _body;
    private readonly int _headerLength;
    private readonly int _length;
    private MessageHeaders? _headers;

    internal NatsMessage(InProcessClient client, string subject, string? reply, byte[] body, int headerLength, int length)
    {
        _client = client;
        Subject = subject;
        Reply = reply;
        _body = body;
        _headerLength = headerLength;
        _length = length;
    }

    /// <summary>The subject it was published to, also where the subscription has wildcards.</summary>
    public string Subject { get; }

    /// <summary>Where the sender waits for an answer; null where it waits for none.</summary>
    public string? Reply { get; }

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Data => _body.AsMemory(_headerLength, _length - _headerLength);

    /// <summary>The payload as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>The headers; null where there are none.</summary>
    public MessageHeaders? Headers => _headerLength == 0 ? null : _headers ??= MessageHeaders.Parse(_body.AsSpan(0, _headerLength));

    /// <summary>Bytes of headers and payload.</summary>
    public int Size => _length;

    /// <summary>True for the server's answer to a request that nobody listens to.</summary>
    internal bool IsNoResponders => _headerLength > 0 && _length == _headerLength && Headers!.Status == 503;

    /// <summary>Reads the payload as JSON.</summary>
    /// <exception cref="JsonException">It is none, or of another shape.</exception>
    public T? ReadJson<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Data.Span, type);

    /// <summary>Answers the sender.</summary>
    /// <exception cref="InvalidOperationException">The sender waits for no answer.</exception>
    public ValueTask ReplyAsync(ReadOnlyMemory<byte> data, MessageHeaders? headers = null, CancellationToken cancellationToken = default) =>
        Reply is null
            ? throw new InvalidOperationException("The sender waits for no answer.")
            : _client.PublishAsync(Reply, data, headers, null, cancellationToken);

    /// <inheritdoc cref="ReplyAsync(ReadOnlyMemory{byte}, MessageHeaders?, CancellationToken)"/>
    public ValueTask ReplyAsync(string text, MessageHeaders? headers = null, CancellationToken cancellationToken = default) =>
        ReplyAsync(Encoding.UTF8.GetBytes(text), headers, cancellationToken);
}
