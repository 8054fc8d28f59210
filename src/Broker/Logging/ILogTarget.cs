using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Logging;

/// <summary>Where lines of the log go. Called by one thread at a time.</summary>
internal interface ILogTarget : IDisposable
{
    /// <summary>Writes one line. Never throws: a full disk must not end a connection.</summary>
    void Write(LogLevel level, string text, DateTimeOffset time);
}
