using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>A service of another account, under the name that it has in this one.</summary>
/// <param name="Importer">This account.</param>
/// <param name="Exporter">The account whose service it is.</param>
/// <param name="Subject">What it is called there and here.</param>
/// <param name="Export">How it answers.</param>
/// <param name="IsShared">True where the service is told who asks.</param>
internal sealed record ServiceImport(Account Importer, Account Exporter, ImportedSubject Subject, ServiceExport Export, bool IsShared) : IAccountGate
{
    /// <inheritdoc/>
    public ForwardedMessage? Forward(ref readonly Message message, IRequester? requester)
    {
        byte[] subject = Subject.ToForeign(message.Subject);
        byte[] reply = message.Reply.IsEmpty ? [] : Exporter.Replies.Expect(Importer, message.Reply, Export);
        byte[]? header = requester is null ? null : HeaderBlock.Set(Headers(in message), RequestInfo.HeaderName, requester.DescribeSelf(IsShared).ToJson());
        return new ForwardedMessage(Exporter, subject, reply, header);
    }

    /// <inheritdoc/>
    public void Undo(ForwardedMessage forwarded)
    {
        if (forwarded.Reply.Length > 0)
        {
            Exporter.Replies.Forget(forwarded.Reply);
        }
    }

    private static byte[] Headers(ref readonly Message message)
    {
        if (message.HeaderLength == 0)
        {
            return [];
        }

        var body = new byte[message.Length + 2];
        message.CopyBodyTo(body);
        return body[..message.HeaderLength];
    }
}
