namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>The text of a file is not a configuration at all: reading stops at the first such error.</summary>
/// <remarks>The message is worded as nats-server's.</remarks>
internal sealed class ConfSyntaxException(string message) : Exception(message);
