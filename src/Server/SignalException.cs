namespace NatsKestrel.Server;

/// <summary>A signal that could not be sent; the message is nats-server's.</summary>
internal sealed class SignalException(string message) : Exception(message);
