using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Logging;

/// <summary>Lines on stderr, coloured where that is a terminal.</summary>
internal sealed class ConsoleTarget(bool withTime, bool inUtc) : ILogTarget
{
    private readonly Stream _stream = Console.OpenStandardError();
    private readonly LogLine _line = new(withTime, inUtc, isColoured: !Console.IsErrorRedirected);

    /// <inheritdoc/>
    public void Write(LogLevel level, string text, DateTimeOffset time)
    {
        try
        {
            _stream.Write(_line.Format(level, text, time));
        }
        catch (IOException)
        {
            // Whoever read it has gone.
        }
    }

    public void Dispose()
    {
        // Closing would take stderr away from the next target.
    }
}
