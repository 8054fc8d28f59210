namespace NatsKestrel.Broker.Subjects;

/// <summary>What a <see cref="Sublist{T}"/> stores: something that listens to a subject, alone or as member of a queue group.</summary>
internal abstract class SublistEntry
{
    /// <summary>
    /// One more than where the entry stands in its node's list, 0 while it is in no sublist; owned by the sublist, guarded by
    /// its writer lock.
    /// </summary>
    internal int Position;

    /// <summary>The subject it listens to, wildcards included. Never changes.</summary>
    public abstract ReadOnlySpan<byte> Subject { get; }

    /// <summary>The queue group's name, or empty for a plain subscription. Never changes.</summary>
    public abstract ReadOnlySpan<byte> Queue { get; }
}
