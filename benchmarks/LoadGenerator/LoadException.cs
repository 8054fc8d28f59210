namespace NatsKestrel.LoadGenerator;

/// <summary>A server cannot be measured: not reached, closed the connection, or stopped delivering.</summary>
public sealed class LoadException(string message, Exception? inner = null) : Exception(message, inner);
