namespace NatsKestrel.Server.Flags;

/// <summary>A command line that cannot be read; the message is Go's.</summary>
internal sealed class FlagException(string message) : Exception(message);
