using System.Text;

namespace NatsKestrel.Broker.Protocol;

/// <summary>Makes messages of the server's own.</summary>
internal static class ServerMessage
{
    /// <summary>A message without reply. As in nats-server its reply field is there, and empty, unless it goes to another account as an answer.</summary>
    public static Message Create(ReadOnlySpan<byte> subject, byte[]? header, byte[] payload)
    {
        byte[] body = [.. header ?? [], .. payload, .. "\r\n"u8];
        int headerLength = header?.Length ?? 0;
        string blank = subject.StartsWith("_R_."u8) ? "" : " ";
        return new Message
        {
            Subject = subject,
            SizeText = Encoding.ASCII.GetBytes($"{(header is null ? blank : "")}{headerLength + payload.Length}"),
            HeaderSizeText = header is null ? default : Encoding.ASCII.GetBytes($"{blank}{headerLength}"),
            HeaderLength = headerLength,
            Length = headerLength + payload.Length,
            Body = body,
        };
    }
}
