using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Feed;

/// <summary>Keeps the last lines of the log for the console, beside wherever else they go.</summary>
internal sealed class LogRing(TimeProvider time, SecurityEvents security) : ILoggerProvider
{
    private const int Kept = 1000;

    private readonly EventRing<LogLine> _lines = new(Kept);

    /// <summary>Called with each line of the trace of a connection, on the thread that serves it. While nobody listens, none is made for the console.</summary>
    public event Action<string>? Traced;

    /// <summary>The lines kept, the latest first.</summary>
    public LogLine[] Latest() => [.. _lines.ToArray().Reverse()];

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new RingLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class RingLogger(LogRing ring, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information || (logLevel == LogLevel.Trace && ring.Traced is not null);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Trace)
            {
                if (eventId.Name == nameof(ConnectionLog.Traced))
                {
                    ring.Traced?.Invoke(formatter(state, exception));
                }

                return;
            }

            // A link that signs in is for those who can read the log itself.
            if (state is IReadOnlyList<KeyValuePair<string, object?>> arguments)
            {
                ring.Security.Note(eventId, arguments);
            }

            if (IsEnabled(logLevel) && eventId.Name != nameof(AdminLog.SignInLink))
            {
                ring._lines.Add(new LogLine(ring.Now, logLevel, category, eventId.Name ?? "", formatter(state, exception)));
            }
        }
    }

    private SecurityEvents Security { get; } = security;

    private DateTimeOffset Now => time.GetUtcNow();
}
