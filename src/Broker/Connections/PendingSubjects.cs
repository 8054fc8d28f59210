using System.Globalization;
using System.Text;

namespace NatsKestrel.Broker.Connections;

/// <summary>Reads back from queued output which subjects it is made of: the message path keeps no count of them.</summary>
internal static class PendingSubjects
{
    /// <summary>Bytes of the queue that are looked at: as many as it keeps.</summary>
    public const int SampleBytes = OutboundQueue.KeptWhenCut;

    private const int MaxSubjects = 10;
    private const int MaxSubjectLength = 256;

    /// <summary>The subjects of the messages in <paramref name="output"/>, those with most bytes first.</summary>
    public static SlowConsumerSubject[] Count(ReadOnlySpan<byte> output)
    {
        var counts = new Dictionary<string, (int Messages, long Bytes)>();
        output = SkipToLineStart(output);
        while (TryReadMessage(ref output, out string subject, out int length))
        {
            var (messages, bytes) = counts.GetValueOrDefault(subject);
            counts[subject] = (messages + 1, bytes + length);
        }

        return [.. counts.Select(entry => new SlowConsumerSubject(entry.Key, entry.Value.Messages, entry.Value.Bytes))
            .OrderByDescending(subject => subject.Bytes).Take(MaxSubjects)];
    }

    // The front of the queue may be the rest of a message that was partly sent.
    private static ReadOnlySpan<byte> SkipToLineStart(ReadOnlySpan<byte> output)
    {
        if (IsMessage(output))
        {
            return output;
        }

        // Whichever comes first; as unsigned, "not found" comes last.
        int next = (int)Math.Min((uint)output.IndexOf("\r\nMSG "u8), (uint)output.IndexOf("\r\nHMSG "u8));
        return next < 0 ? default : output[(next + 2)..];
    }

    private static bool IsMessage(ReadOnlySpan<byte> output) => output.StartsWith("MSG "u8) || output.StartsWith("HMSG "u8);

    private static bool TryReadMessage(ref ReadOnlySpan<byte> output, out string subject, out int length)
    {
        subject = "";
        length = 0;
        while (!output.IsEmpty)
        {
            int lineEnd = output.IndexOf("\r\n"u8);
            if (lineEnd < 0)
            {
                return false;
            }

            ReadOnlySpan<byte> line = output[..lineEnd];
            output = output[(lineEnd + 2)..];
            if (!IsMessage(line))
            {
                continue; // PING, PONG, +OK, INFO
            }

            ReadOnlySpan<byte> rest = line[(line.IndexOf((byte)' ') + 1)..];
            int subjectEnd = rest.IndexOf((byte)' ');
            ReadOnlySpan<byte> size = line[(line.LastIndexOf((byte)' ') + 1)..];
            if (subjectEnd < 0 || !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out length))
            {
                // Not a line of ours but part of a payload, which may say anything.
                return false;
            }

            subject = Encoding.UTF8.GetString(rest[..Math.Min(subjectEnd, MaxSubjectLength)]);
            output = length <= output.Length - 2 ? output[(length + 2)..] : default;
            return true;
        }

        return false;
    }
}
