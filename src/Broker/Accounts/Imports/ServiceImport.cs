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
    public bool AllowsTrace => Export.AllowsTrace;

    /// <inheritdoc/>
    public ForwardedMessage? Forward(ref readonly Message message, IRequester? requester)
    {
        byte[] subject = Subject.ToForeign(message.Subject);
        byte[] reply = message.Reply.IsEmpty ? [] : Exporter.Replies.Expect(Importer, message.Reply, Export);
        byte[]? header = requester is null ? null : HeaderBlock.Set(Headers(in message), RequestInfo.HeaderName, requester.DescribeSelf(IsShared).ToJson());
        return new ForwardedMessage(Exporter, subject, reply, Redirect(in message, header));
    }

    /// <inheritdoc/>
    public void Undo(ForwardedMessage forwarded)
    {
        if (forwarded.Reply.Length > 0)
        {
            Exporter.Replies.Forget(forwarded.Reply);
        }
    }

    // Traces that servers behind this one make find back by a reply subject, where they may be made.
    private byte[]? Redirect(ref readonly Message message, byte[]? header)
    {
        ReadOnlySpan<byte> destination = message.HasHeaders ? HeaderBlock.Find(message.Header, TraceHeaders.DestinationLine) : [];
        return destination.IsEmpty ? header : HeaderBlock.Set(
            header ?? Headers(in message),
            TraceHeaders.Destination,
            AllowsTrace ? Exporter.Replies.Expect(Importer, destination, ServiceExport.ForTraces) : TraceHeaders.Disabled);
    }

    private static byte[] Headers(ref readonly Message message) => message.HasHeaders ? message.Header.ToArray() : [];
}
