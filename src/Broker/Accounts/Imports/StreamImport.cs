namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>Messages of another account that reach subscriptions of this one.</summary>
/// <param name="From">The exporting account.</param>
/// <param name="To">This account.</param>
/// <param name="Subject">What they are called there and here.</param>
/// <param name="AllowsTrace">True where traces may say what becomes of them here.</param>
internal sealed record StreamImport(Account From, Account To, ImportedSubject Subject, bool AllowsTrace)
{
    /// <summary>A subscription in the exporting account for one in this account; null where they never meet.</summary>
    public Subscription? TryShadow(Subscription subscription)
    {
        ReadOnlySpan<byte> wanted = subscription.Subject;
        if (!Subjects.SubjectRules.Overlaps(Subject.Local, wanted))
        {
            return null;
        }

        // What is narrower than the import stays narrow over there; of the rest each message is looked at when it comes.
        byte[] foreign = Subjects.SubjectRules.Covers(Subject.Local, wanted) ? Subject.ToForeign(wanted) : Subject.Foreign.ToArray();
        return new Subscription(new StreamImportLink(this, subscription), foreign, subscription.Queue, subscription.Sid);
    }
}
