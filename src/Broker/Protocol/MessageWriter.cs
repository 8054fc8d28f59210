using System.Buffers.Text;
using System.Diagnostics;

namespace NatsKestrel.Broker.Protocol;

/// <summary>Writes the control lines of messages to clients.</summary>
internal static class MessageWriter
{
    // Verb, blanks, two numbers of nine digits at most, line end: "HMSG" SP subject SP sid SP reply SP hdr SP total CR LF.
    private const int FixedLength = 4 + 5 + 9 + 9 + 2;

    /// <summary>Bytes that <see cref="WriteLine"/> writes at most.</summary>
    public static int MaxLineLength(ref readonly Message message, ReadOnlySpan<byte> sid) =>
        FixedLength + message.Subject.Length + message.Reply.Length + sid.Length;

    /// <summary>Bytes of the body, CR LF included, that follow the line: to be copied from <see cref="BodyStart"/> on.</summary>
    public static int BodyLength(ref readonly Message message, bool acceptsHeaders) =>
        message.Length - BodyStart(in message, acceptsHeaders) + 2;

    /// <summary>Where in the body a receiver's copy begins: behind the header block for those who know no headers.</summary>
    public static int BodyStart(ref readonly Message message, bool acceptsHeaders) => acceptsHeaders ? 0 : message.HeaderLength;

    /// <summary>Writes <c>MSG</c> or <c>HMSG</c> up to its line end; sizes are the publisher's own text wherever they still hold.</summary>
    /// <param name="target">Has room for <see cref="MaxLineLength"/>.</param>
    /// <param name="message">The message; its subject is the one sent, also where the subscription has wildcards.</param>
    /// <param name="sid">The receiver's own name for its subscription.</param>
    /// <param name="acceptsHeaders">Whether the receiver negotiated headers.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteLine(Span<byte> target, ref readonly Message message, ReadOnlySpan<byte> sid, bool acceptsHeaders)
    {
        bool withHeaders = message.HasHeaders && acceptsHeaders;
        int at = Put(target, 0, withHeaders ? "HMSG "u8 : "MSG "u8);
        at = PutWord(target, at, message.Subject);
        at = PutWord(target, at, sid);
        if (!message.Reply.IsEmpty)
        {
            at = PutWord(target, at, message.Reply);
        }

        if (withHeaders)
        {
            at = PutWord(target, at, message.HeaderSizeText);
        }

        at = message.HasHeaders && !acceptsHeaders
            ? PutNumber(target, at, message.Length - message.HeaderLength)
            : Put(target, at, message.SizeText);
        return Put(target, at, "\r\n"u8);
    }

    /// <summary>Bytes that <see cref="WriteNoResponders"/> writes at most.</summary>
    public static int MaxNoRespondersLength(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> sid, ReadOnlySpan<byte> subject) =>
        FixedLength + reply.Length + sid.Length + NoRespondersHeaderLength(subject) + 2;

    /// <summary>Writes the whole notification that nobody listens to <paramref name="subject"/>.</summary>
    /// <param name="target">Has room for <see cref="MaxNoRespondersLength"/>.</param>
    /// <param name="reply">Where the requester waits for an answer: the subject of the notification.</param>
    /// <param name="sid">The requester's subscription on it.</param>
    /// <param name="subject">What was published to.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteNoResponders(Span<byte> target, ReadOnlySpan<byte> reply, ReadOnlySpan<byte> sid, ReadOnlySpan<byte> subject)
    {
        int length = NoRespondersHeaderLength(subject);
        int at = Put(target, 0, "HMSG "u8);
        at = PutWord(target, at, reply);
        at = PutWord(target, at, sid);
        at = PutNumber(target, at, length);
        target[at++] = (byte)' ';
        at = PutNumber(target, at, length);
        at = Put(target, at, "\r\nNATS/1.0 503\r\nNats-Subject: "u8);
        at = Put(target, at, subject);
        return Put(target, at, "\r\n\r\n\r\n"u8);
    }

    private static int NoRespondersHeaderLength(ReadOnlySpan<byte> subject) =>
        "NATS/1.0 503\r\nNats-Subject: \r\n\r\n"u8.Length + subject.Length;

    private static int Put(Span<byte> target, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(target[at..]);
        return at + text.Length;
    }

    private static int PutWord(Span<byte> target, int at, ReadOnlySpan<byte> word)
    {
        at = Put(target, at, word);
        target[at] = (byte)' ';
        return at + 1;
    }

    private static int PutNumber(Span<byte> target, int at, int number)
    {
        bool written = Utf8Formatter.TryFormat(number, target[at..], out int length);
        Debug.Assert(written, "The target is too short.");
        return at + length;
    }
}
