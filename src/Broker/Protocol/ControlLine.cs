using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace NatsKestrel.Broker.Protocol;

/// <summary>The grammar of one control line: which verb opens it, where its argument lies, how long it may be.</summary>
/// <remarks>
/// Finished and unfinished lines go through the same table and the same limits, so that a line gives the same error
/// however the network cut it.
/// </remarks>
internal static class ControlLine
{
    private static readonly Verb[] Verbs =
    [
        new("PUB", CommandKind.Publish, NeedsBlank: true),
        new("PING", CommandKind.Ping, TakesJunk: true),
        new("PONG", CommandKind.Pong, TakesJunk: true),
        new("SUB", CommandKind.Subscribe, NeedsBlank: true),
        new("UNSUB", CommandKind.Unsubscribe, NeedsBlank: true),
        new("HPUB", CommandKind.HeaderPublish, NeedsBlank: true),
        new("CONNECT", CommandKind.Connect),
        new("INFO", CommandKind.Info),
        new("+OK", CommandKind.Ok, TakesJunk: true),
        new("-ERR", CommandKind.Error, NeedsBlank: true),
    ];

    /// <summary>Says what a whole line, its LF included, asks for, and gives the argument behind its verb: without blanks before it, without the line end.</summary>
    public static CommandKind Read(ReadOnlySpan<byte> line, int maxControlLine, out ReadOnlySpan<byte> argument)
    {
        var kind = FindVerb(line[..^1], out argument, out bool isJunk);
        if (kind == CommandKind.None)
        {
            Throw(ProtocolError.UnknownOperation);
        }

        argument = Argument(argument, isJunk, maxControlLine);
        return kind;
    }

    /// <summary>Throws where no further byte can make a legal line of <paramref name="start"/>.</summary>
    public static void CheckUnfinished(ReadOnlySpan<byte> start, int maxControlLine)
    {
        if (FindVerb(start, out var argument, out bool isJunk) != CommandKind.None)
        {
            Argument(argument, isJunk, maxControlLine);
            return;
        }

        foreach (var verb in Verbs)
        {
            if (start.Length <= verb.Name.Length && Ascii.EqualsIgnoreCase(start, verb.Name.AsSpan(0, start.Length)))
            {
                return;
            }
        }

        Throw(ProtocolError.UnknownOperation);
    }

    /// <summary>Cuts the CR and the blanks in front off what follows a verb, and checks its length.</summary>
    /// <remarks>
    /// nats-server bounds neither the blanks behind a verb nor the junk behind PING, PONG and +OK: we hold each to the
    /// same limit, or a line could grow for ever. docs/compatibility.md, line-length.
    /// </remarks>
    public static ReadOnlySpan<byte> Argument(ReadOnlySpan<byte> rest, bool isJunk, int maxControlLine)
    {
        if (rest is [.., (byte)'\r'])
        {
            rest = rest[..^1];
        }

        int blanks = 0;
        while (!isJunk && blanks < rest.Length && Arguments.IsBlank(rest[blanks]))
        {
            blanks++;
        }

        if (blanks > maxControlLine || rest.Length - blanks > maxControlLine)
        {
            Throw(ProtocolError.MaxControlLineExceeded);
        }

        return rest[blanks..];
    }

    [DoesNotReturn]
    public static void Throw(ProtocolError error) => throw new ProtocolException(error);

    private static CommandKind FindVerb(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> rest, out bool isJunk)
    {
        foreach (var verb in Verbs)
        {
            int length = verb.Name.Length;
            if (line.Length < length || (line[0] | 0x20) != verb.FirstByte || !Ascii.EqualsIgnoreCase(line[..length], verb.Name))
            {
                continue;
            }

            rest = line[length..];
            isJunk = verb.TakesJunk;
            return !verb.NeedsBlank || (rest.Length > 0 && Arguments.IsBlank(rest[0])) ? verb.Kind : CommandKind.None;
        }

        rest = default;
        isJunk = false;
        return CommandKind.None;
    }

    private sealed record Verb(byte[] Name, CommandKind Kind, bool NeedsBlank, bool TakesJunk)
    {
        public Verb(string name, CommandKind kind, bool NeedsBlank = false, bool TakesJunk = false)
            : this(Encoding.ASCII.GetBytes(name), kind, NeedsBlank, TakesJunk)
        {
        }

        /// <summary>In lower case: what tells most verbs apart before a comparison is needed.</summary>
        public int FirstByte { get; } = Name[0] | 0x20;
    }
}
