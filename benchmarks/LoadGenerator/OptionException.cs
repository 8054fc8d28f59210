namespace NatsKestrel.LoadGenerator;

/// <summary>The command line makes no sense; the message says what to write instead.</summary>
public sealed class OptionException(string message) : Exception(message);
