using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Logging;

/// <summary>Writes the log as nats-server does: its lines, its levels, its places. Settings are replaced while it runs.</summary>
[ProviderAlias("Nats")]
internal sealed class NatsLogProvider : ILoggerProvider, IReloadable
{
    private readonly bool _usesConsole;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new(); // guards _target, and keeps lines whole
    private ILogTarget? _target;
    private volatile LoggingOptions _options;

    /// <summary>Opens where the log goes.</summary>
    /// <param name="options">Options that were validated.</param>
    /// <param name="usesConsole">True to write to stderr where the options name no other place; false not to write then.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The file, or the syslog server, cannot be opened.</exception>
    public NatsLogProvider(LoggingOptions options, bool usesConsole, TimeProvider time)
    {
        _options = options;
        _usesConsole = usesConsole;
        _time = time;
        _target = Open(options);
    }

    /// <summary>False until the server has started: what other libraries log of a failed start, the server says in one line.</summary>
    public bool IncludesOthers { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["Nats:Logging"];

    /// <summary>Opens the log file by its name anew.</summary>
    /// <returns>False where the log is no file.</returns>
    public bool TryReopen()
    {
        lock (_gate)
        {
            (_target as FileTarget)?.Reopen();
            return _target is FileTarget;
        }
    }

    /// <inheritdoc/>
    public ReloadStep? Prepare(ReloadChange change)
    {
        LoggingOptions next = change.Next.Logging;
        bool isMoved = Place(_options) != Place(next);
        ILogTarget? target = isMoved ? Open(next) : null;
        return new ReloadStep(() => Apply(next, isMoved, target), Undo: () => target?.Dispose());
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName.StartsWith("NatsKestrel", StringComparison.Ordinal));

    public void Dispose()
    {
        lock (_gate)
        {
            _target?.Dispose();
            _target = null;
        }
    }

    private static (string, long, int, bool, bool, bool, string) Place(LoggingOptions options) =>
        (options.File, options.SizeLimit, options.MaxFiles, options.Time, options.TimeUtc, options.Syslog, options.RemoteSyslog);

    // In the reference server's order: a file, a syslog server, the system's syslog, stderr.
    private ILogTarget? Open(LoggingOptions options)
    {
        if (options.File.Length > 0)
        {
            return new FileTarget(options.File, options.SizeLimit, options.MaxFiles, options.Time, options.TimeUtc);
        }

        if (options.RemoteSyslog.Length > 0 || options.Syslog)
        {
            return new SyslogTarget(options.RemoteSyslog);
        }

        return _usesConsole ? new ConsoleTarget(options.Time, options.TimeUtc) : null;
    }

    private void Apply(LoggingOptions next, bool isMoved, ILogTarget? target)
    {
        lock (_gate)
        {
            _options = next;
            if (isMoved)
            {
                _target?.Dispose();
                _target = target;
            }
        }
    }

    private bool IsEnabled(LogLevel level, bool isOwn) => level switch
    {
        LogLevel.None => false,
        _ when _target is null => false,
        _ when !isOwn => level >= LogLevel.Warning && IncludesOthers,
        LogLevel.Trace => _options.Trace || _options.TraceVerbose || _options.TraceHeaders,
        LogLevel.Debug => _options.Debug,
        _ => true,
    };

    private void Write(LogLevel level, string text, Exception? exception)
    {
        // One line is one event, whatever a client made it say.
        string line = text.AsSpan().ContainsAny('\r', '\n')
            ? text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) : text;
        line = exception is null ? line : $"{line}: {exception}";
        DateTimeOffset now = _time.GetUtcNow();
        lock (_gate)
        {
            _target?.Write(level, line, now);
        }
    }

    private sealed class Logger(NatsLogProvider provider, bool isOwn) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => provider.IsEnabled(logLevel, isOwn);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, formatter(state, exception), exception);
            }
        }
    }
}
