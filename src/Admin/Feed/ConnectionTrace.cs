using System.Collections.Concurrent;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Feed;

/// <summary>The protocol lines of one connection, for a while: passwords are left out, long payloads cut, and it ends by itself.</summary>
internal sealed class ConnectionTrace : IDisposable
{
    /// <summary>Lines kept; the trace ends when there are so many.</summary>
    public const int MaxLines = 5000;

    private const int MaxPayload = 128;

    private readonly ConnectionRegistry _registry;
    private readonly LogRing _ring;
    private readonly TimeProvider _time;
    private readonly ulong _id;
    private readonly string _mark;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ITimer _timer;
    private int _count;
    private int _hasEnded;

    public ConnectionTrace(ConnectionRegistry registry, LogRing ring, ulong id, TimeSpan duration, TimeProvider time)
    {
        _registry = registry;
        _ring = ring;
        _time = time;
        _id = id;
        _mark = $" - cid:{id} - ";
        ring.Traced += OnLine;
        if (!registry.SetTrace(id, isTraced: true, MaxPayload))
        {
            End();
        }

        _timer = time.CreateTimer(static trace => ((ConnectionTrace)trace!).End(), this, duration, Timeout.InfiniteTimeSpan);
    }

    public bool IsRunning => Volatile.Read(ref _hasEnded) == 0;

    /// <summary>The lines so far, each with its time.</summary>
    public string[] Lines => [.. _lines];

    /// <summary>The verb of a line: <c>PUB</c> of <c>12:00:00.000 &lt;&lt;- [PUB a 2]</c>; empty where it has none, such as the line of a payload.</summary>
    public static string VerbOf(string line)
    {
        int open = line.IndexOf(" [", StringComparison.Ordinal);
        if (open < 1 || line[open - 1] is not ('-' or '>'))
        {
            return "";
        }

        string text = line[(open + 2)..].TrimEnd(']');
        int end = text.AsSpan().IndexOfAny(' ', '\t');
        return (end < 0 ? text : text[..end]).ToUpperInvariant();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _timer.Dispose();
    }

    private void OnLine(string line)
    {
        int start = line.IndexOf(_mark, StringComparison.Ordinal);
        if (start < 0 || !IsRunning)
        {
            return;
        }

        // Behind the client's own description, which it may choose, stands the last " - " before the arrow.
        int text = line.IndexOf(" - <", start + _mark.Length - 3, StringComparison.Ordinal) is var inbound and >= 0 ? inbound : line.IndexOf(" - -", start + _mark.Length - 3, StringComparison.Ordinal);
        _lines.Enqueue($"{_time.GetUtcNow():HH:mm:ss.fff} {(text >= 0 ? line[(text + 3)..] : line[(start + _mark.Length)..])}");
        if (Interlocked.Increment(ref _count) >= MaxLines)
        {
            End();
        }
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            _ring.Traced -= OnLine;
            _registry.SetTrace(_id, isTraced: false);
        }
    }
}
