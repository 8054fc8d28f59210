using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Permissions;

/// <summary>One subject of a permission list, with the queue groups it is about, if any.</summary>
internal sealed class PermissionEntry(byte[] subject, byte[] queue, bool isDenial) : SublistEntry
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Subject => subject;

    /// <summary>Name of the queue group, or a pattern of names; empty where it is about all.</summary>
    public override ReadOnlySpan<byte> Queue => queue;

    /// <summary>True where it forbids what it names.</summary>
    public bool IsDenial => isDenial;

    /// <summary>True where it is about that queue group.</summary>
    public bool IsAbout(ReadOnlySpan<byte> group) => SubjectRules.IsValidSubscription(queue) && SubjectRules.Matches(queue, group) || group.SequenceEqual(queue);
}
