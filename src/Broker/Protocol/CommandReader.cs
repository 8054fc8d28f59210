using System.Buffers;

namespace NatsKestrel.Broker.Protocol;

/// <summary>What one line of a client asks for.</summary>
internal enum CommandKind
{
    None,
    Publish,
    HeaderPublish,
    Subscribe,
    Unsubscribe,
    Ping,
    Pong,
    Connect,
    Info,
    Ok,
}

/// <summary>What the parser must know of the server's limits and of the client.</summary>
internal sealed record ParserLimits(int MaxControlLine = 4096, int MaxPayload = 1024 * 1024);

/// <summary>Takes commands off the front of what was received.</summary>
internal ref struct CommandReader
{
    public CommandReader(in ReadOnlySequence<byte> input, ParserLimits limits, bool acceptsHeaders) => throw new NotImplementedException();

    public CommandKind Kind;
    public Message Message;
    public ReadOnlySpan<byte> Subject;
    public ReadOnlySpan<byte> Queue;
    public ReadOnlySpan<byte> Sid;
    public int Max;
    public ReadOnlySpan<byte> Json;

    public readonly long Consumed => throw new NotImplementedException();

    public bool TryRead() => throw new NotImplementedException();
}
