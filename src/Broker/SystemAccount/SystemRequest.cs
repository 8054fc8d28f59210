using System.Text;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>A request, copied out of what its publisher sent.</summary>
/// <param name="Subject">The subject in the system account.</param>
/// <param name="Reply">Where the answer goes.</param>
/// <param name="Body">What it says.</param>
/// <param name="AcceptEncoding">Encodings that the answer may have, as the request's header says; empty for none.</param>
/// <param name="Requester">The connection that sent it.</param>
internal sealed record SystemRequest(string Subject, string Reply, ReadOnlyMemory<byte> Body, string AcceptEncoding, ulong Requester)
{
    /// <summary>The account that the subject names, in <c>$SYS.REQ.ACCOUNT.A.INFO</c>.</summary>
    public string Account => Subject.Split('.')[3];

    /// <summary>What it says, where that is text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    public static SystemRequest Copy(ref readonly Message message, ulong requester)
    {
        var body = new byte[message.Length + 2]; // its line end is copied too
        message.CopyBodyTo(body);
        ReadOnlySpan<byte> header = body.AsSpan(0, message.HeaderLength);
        return new SystemRequest(
            Encoding.UTF8.GetString(message.Subject),
            Encoding.UTF8.GetString(message.Reply),
            body.AsMemory(message.HeaderLength..message.Length),
            Encoding.UTF8.GetString(HeaderBlock.Find(header, BodyEncoding.AcceptLine)),
            requester);
    }
}
