using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Tests.Connections;

/// <summary>Keeps every log line of all levels, as text.</summary>
internal sealed class LogRecorder
{
    private readonly ConcurrentQueue<(LogLevel Level, int Id, string Text)> _lines = new();

    public IReadOnlyCollection<(LogLevel Level, int Id, string Text)> Lines => _lines;

    /// <summary>Called with the event id of each line, before the line is kept: a test may act in the middle of things, or throw.</summary>
    public Action<int> Logging { get; set; } = static _ => { };

    /// <summary>The texts of the lines with an event id.</summary>
    public string[] Find(int id) => [.. _lines.Where(line => line.Id == id).Select(line => line.Text)];

    public ILogger<T> For<T>() => new Logger<T>(this);

    private sealed class Logger<T>(LogRecorder recorder) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            recorder.Logging(eventId.Id);
            recorder._lines.Enqueue((logLevel, eventId.Id, $"{formatter(state, exception)} {exception}".TrimEnd()));
        }
    }
}
