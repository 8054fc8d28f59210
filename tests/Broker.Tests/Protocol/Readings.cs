using System.Buffers;
using System.Text;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Protocol;

/// <summary>What a <see cref="CommandReader"/> makes of some bytes, as text: a line per command, then the error or how many bytes are left.</summary>
internal static class Readings
{
    /// <summary>Big enough for the largest number of the tests, small enough to exceed.</summary>
    public static readonly ParserLimits Limits = new(MaxControlLine: 128, MaxPayload: 1000);

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Reads the input as one segment.</summary>
    public static string Whole(string input, bool acceptsHeaders = true, ParserLimits? limits = null) =>
        Of(new ReadOnlySequence<byte>(Bytes(input)), acceptsHeaders, limits ?? Limits);

    /// <summary>Reads the input cut at the given places.</summary>
    public static string Cut(byte[] input, bool acceptsHeaders, params int[] cuts) => Of(Chain(input, cuts), acceptsHeaders, Limits);

    /// <summary>The input as segments that end at the given places; two equal ones make an empty segment.</summary>
    public static ReadOnlySequence<byte> Chain(byte[] input, params int[] cuts)
    {
        // Copies: an overrun must not find the next segment's bytes by luck.
        var first = new Segment(input[..cuts[0]], after: null);
        var last = first;
        for (int i = 0; i < cuts.Length; i++)
        {
            int end = i + 1 < cuts.Length ? cuts[i + 1] : input.Length;
            last = new Segment(input[cuts[i]..end], last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Reads the input as it would arrive in pieces of <paramref name="step"/> bytes, what is unread being kept.</summary>
    public static string Arriving(byte[] input, bool acceptsHeaders, int step)
    {
        var text = new StringBuilder();
        int consumed = 0;
        for (int arrived = Math.Min(step, input.Length); ; arrived = Math.Min(arrived + step, input.Length))
        {
            var unread = new ReadOnlySequence<byte>(input, consumed, arrived - consumed);
            if (!Append(text, unread, acceptsHeaders, Limits, out long taken))
            {
                return text.ToString();
            }

            consumed += (int)taken;
            if (arrived == input.Length)
            {
                return text.Append("left ").Append(input.Length - consumed).ToString();
            }
        }
    }

    public static string Of(ReadOnlySequence<byte> input, bool acceptsHeaders, ParserLimits limits)
    {
        var text = new StringBuilder();
        if (Append(text, input, acceptsHeaders, limits, out long consumed))
        {
            text.Append("left ").Append(input.Length - consumed);
        }

        return text.ToString();
    }

    private static bool Append(StringBuilder text, ReadOnlySequence<byte> input, bool acceptsHeaders, ParserLimits limits, out long consumed)
    {
        var reader = new CommandReader(input, limits, acceptsHeaders);
        consumed = 0;
        try
        {
            while (reader.TryRead())
            {
                Assert.InRange(reader.Consumed, consumed + 1, input.Length);
                consumed = reader.Consumed;
                text.Append(Describe(ref reader)).Append('\n');
            }

            Assert.Equal(consumed, reader.Consumed);
            return true;
        }
        catch (ProtocolException malformed)
        {
            // What is logged of a malformed command begins there: a payload never does.
            Assert.Equal(consumed, reader.Consumed);
            text.Append(malformed.Error);
            return false;
        }
        finally
        {
            reader.Dispose();
        }
    }

    private static string Describe(ref CommandReader reader) => reader.Kind switch
    {
        CommandKind.Publish or CommandKind.HeaderPublish => Describe(ref reader.Message),
        CommandKind.Subscribe => $"SUB [{Text(reader.Subject)}] [{Text(reader.Queue)}] [{Text(reader.Sid)}]",
        CommandKind.Unsubscribe => $"UNSUB [{Text(reader.Sid)}] {reader.Max}",
        CommandKind.Connect => $"CONNECT [{Text(reader.Json)}]",
        var kind => kind.ToString(),
    };

    private static string Describe(ref Message message)
    {
        byte[] body = new byte[message.Length + 2];
        message.CopyBodyTo(body);
        Assert.Equal("\r\n", Text(body.AsSpan(message.Length)));
        return $"PUB [{Text(message.Subject)}] [{Text(message.Reply)}] [{Text(message.HeaderSizeText)}] [{Text(message.SizeText)}] "
            + $"{message.HeaderLength} {message.Length} [{Text(body.AsSpan(0, message.Length))}]";
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? after)
        {
            Memory = bytes;
            if (after is not null)
            {
                RunningIndex = after.RunningIndex + after.Memory.Length;
                after.Next = this;
            }
        }
    }
}
