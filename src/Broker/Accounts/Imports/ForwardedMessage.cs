using System.Globalization;
using System.Text;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>A message on its way into another account.</summary>
/// <param name="Target">That account.</param>
/// <param name="Subject">What it is published to there.</param>
/// <param name="Reply">Where answers go there, or empty.</param>
/// <param name="Header">Header block that it gets in place of its own; null where it keeps that.</param>
internal sealed record ForwardedMessage(Account Target, byte[] Subject, byte[] Reply, byte[]? Header = null)
{
    /// <summary>True for an answer: it goes where it was asked for, whatever the account maps.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>Applies it: what the result refers to is the original's body, or a copy with other headers.</summary>
    public Message Apply(ref readonly Message original)
    {
        Message message = original;
        message.Subject = Subject;
        message.Reply = Reply;
        if (Header is { } header)
        {
            int payload = original.Length - original.HeaderLength;
            var body = new byte[header.Length + payload + 2];
            header.CopyTo(body, 0);
            original.CopyBodyTo(body.AsSpan(header.Length), original.HeaderLength);
            message.Body = body;
            message.SplitBody = default;
            message.Shared = null;
            message.HeaderLength = header.Length;
            message.Length = header.Length + payload;
            message.HeaderSizeText = Text(header.Length);
            message.SizeText = Text(message.Length);
        }

        return message;
    }

    private static byte[] Text(int number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
