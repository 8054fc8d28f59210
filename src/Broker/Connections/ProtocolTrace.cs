using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>Writes what goes over a connection into the log, as nats-server's <c>-V</c> does: <c>&lt;&lt;- [SUB foo 1]</c>.</summary>
/// <remarks>Only reached where tracing is on, so that it may allocate.</remarks>
internal static class ProtocolTrace
{
    private const string Inbound = "<<-";
    private const string Outbound = "->>";

    /// <summary>A command that came in.</summary>
    /// <param name="logger">Where it is written.</param>
    /// <param name="client">Who sent it.</param>
    /// <param name="reader">The reader that has read it.</param>
    /// <param name="input">What was received, from the start of the command on.</param>
    public static void Received(ILogger logger, ClientConnection client, ref CommandReader reader, ReadOnlySequence<byte> input)
    {
        string verb = Verb(reader.Kind);
        if (verb.Length == 0)
        {
            return;
        }

        string argument = reader.Kind == CommandKind.Connect ? ConnectRedactor.Redact(reader.Json) : Argument(input);
        logger.Traced(client, argument.Length > 0 ? $"{Inbound} [{verb} {argument}]" : $"{Inbound} [{verb}]");
        if (reader.Kind is CommandKind.Publish or CommandKind.HeaderPublish)
        {
            Payload(logger, client, Inbound, in reader.Message, from: 0);
        }
    }

    /// <summary>A message that is being delivered.</summary>
    public static void Delivered(ILogger logger, ClientConnection client, ref readonly Message message, ReadOnlySpan<byte> sid, bool acceptsHeaders)
    {
        var line = new byte[MessageWriter.MaxLineLength(in message, sid)];
        int length = MessageWriter.WriteLine(line, in message, sid, acceptsHeaders);
        logger.Traced(client, $"{Outbound} [{Text(line.AsSpan(0, length)).TrimEnd()}]");
        Payload(logger, client, Outbound, in message, MessageWriter.BodyStart(in message, acceptsHeaders));
    }

    /// <summary>Lines of the server's own that are being sent; INFO is passed over, as by the reference server.</summary>
    public static void Sent(ILogger logger, ClientConnection client, ReadOnlySpan<byte> lines)
    {
        foreach (string line in Text(lines).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith("INFO", StringComparison.Ordinal))
            {
                logger.Traced(client, $"{Outbound} [{line.TrimStart('+').Replace("'", "", StringComparison.Ordinal)}]");
            }
        }
    }

    /// <summary>A subscription that ends.</summary>
    public static void Unsubscribed(ILogger logger, ClientConnection client, ReadOnlySpan<byte> sid) =>
        logger.Traced(client, $"<-> [DELSUB {Text(sid)}]");

    private static void Payload(ILogger logger, ClientConnection client, string direction, ref readonly Message message, int from)
    {
        ConnectionSettings settings = client.Settings;
        int to = settings.TracesHeadersOnly ? message.HeaderLength : message.Length;
        if (to <= from)
        {
            return;
        }

        int shown = settings.MaxTracedLength > 0 ? Math.Min(to - from, settings.MaxTracedLength) : to - from;
        var bytes = new byte[message.Length + 2];
        message.CopyBodyTo(bytes);
        string text = GoQuote.Text(bytes.AsSpan(from, shown));
        logger.Traced(client, shown < to - from ? $"{direction} MSG_PAYLOAD: [{text[..^1]}...\"]" : $"{direction} MSG_PAYLOAD: [{text}]");
    }

    // What stands behind the verb, blanks included, as the reference server shows it.
    private static string Argument(ReadOnlySequence<byte> input)
    {
        var reader = new SequenceReader<byte>(input);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            return "";
        }

        string text = Text(line.ToArray());
        text = text.EndsWith('\r') ? text[..^1] : text;
        int end = text.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 ? "" : text[end..].TrimStart(' ', '\t');
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static string Verb(CommandKind kind) => kind switch
    {
        CommandKind.Publish => "PUB",
        CommandKind.HeaderPublish => "HPUB",
        CommandKind.Subscribe => "SUB",
        CommandKind.Unsubscribe => "UNSUB",
        CommandKind.Ping => "PING",
        CommandKind.Pong => "PONG",
        CommandKind.Connect => "CONNECT",
        _ => "",
    };
}
