namespace NatsKestrel.Conformance.Tests;

/// <summary>A server said something else than the transcript has.</summary>
internal sealed class TranscriptMismatchException(string message, Exception? inner = null) : Exception(message, inner);
