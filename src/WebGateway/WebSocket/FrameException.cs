namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>The client broke a rule of WebSocket framing: the connection ends as after any read error, with this status.</summary>
internal sealed class FrameException(int status, string reason) : IOException(reason)
{
    public int Status { get; } = status;
}
