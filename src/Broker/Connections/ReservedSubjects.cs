using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Callout;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>The names that clients may not publish to, or be answered on.</summary>
internal static class ReservedSubjects
{
    /// <summary>The queue group that only servers use.</summary>
    public static ReadOnlySpan<byte> SystemQueue => "_sys_"u8;

    /// <summary>False, after a look at one byte each, for nearly every message.</summary>
    public static bool MayBeReserved(ref readonly Message message) =>
        (message.Subject.Length > 0 && message.Subject[0] is (byte)'_' or (byte)'$')
        || (message.Reply.Length > 0 && message.Reply[0] is (byte)'_' or (byte)'$');

    public static bool IsReservedSubject(ReadOnlySpan<byte> subject) =>
        subject.StartsWith("_GR_."u8) || subject.StartsWith("$NRG."u8);

    /// <summary>True for what nobody may publish to in that account: also the requests to an authentication service, which only the server makes.</summary>
    public static bool IsReserved(Account account, ReadOnlySpan<byte> subject) =>
        IsReservedSubject(subject) || (account.HasCallout && subject.SequenceEqual(CalloutRules.Subject));

    public static bool IsReservedReply(ReadOnlySpan<byte> reply) =>
        reply.StartsWith("_R_."u8) || reply.StartsWith("$JS.ACK."u8) || reply.StartsWith("_GR_."u8);
}
