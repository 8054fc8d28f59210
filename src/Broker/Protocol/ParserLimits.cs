namespace NatsKestrel.Broker.Protocol;

/// <summary>What the parser must know of the server's limits.</summary>
/// <param name="MaxControlLine">Bytes the argument part of a control line may have; verb, blanks behind it and line end are not counted.</param>
/// <param name="MaxPayload">Bytes header block and payload of one message may have together.</param>
internal sealed record ParserLimits(int MaxControlLine = 4096, int MaxPayload = 1024 * 1024);
