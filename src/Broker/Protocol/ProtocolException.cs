namespace NatsKestrel.Broker.Protocol;

/// <summary>A malformed command: thrown by the parser at most once per connection, which it ends.</summary>
internal sealed class ProtocolException(ProtocolError error) : Exception(error.ToString())
{
    public ProtocolError Error { get; } = error;
}
