namespace NatsKestrel.Broker.Connections;

/// <summary>A publisher that filled a slow consumer's queue.</summary>
/// <param name="ConnectionId">The publisher's connection.</param>
/// <param name="Bytes">Payload bytes it queued while the receiver was slow.</param>
internal readonly record struct SlowConsumerPublisher(ulong ConnectionId, long Bytes);

/// <summary>A subject that filled a slow consumer's queue.</summary>
/// <param name="Subject">The subject as text.</param>
/// <param name="Messages">Messages of it in the sample.</param>
/// <param name="Bytes">Their bytes in the sample.</param>
internal readonly record struct SlowConsumerSubject(string Subject, int Messages, long Bytes);

/// <summary>What an operator needs to know of a slow consumer after it is gone.</summary>
/// <param name="Time">When it was cut.</param>
/// <param name="Connection">The connection as it was then.</param>
/// <param name="MaxPending">The limit that held for it, in bytes.</param>
/// <param name="PendingSamples">Pending bytes second by second before the cut, oldest first.</param>
/// <param name="Publishers">Who filled the queue, largest first.</param>
/// <param name="Subjects">The subjects in the oldest part of the queue, largest first.</param>
/// <param name="SampledBytes">How much of the queue the subjects were counted in.</param>
internal sealed record SlowConsumerEvent(
    DateTimeOffset Time,
    ConnectionSnapshot Connection,
    long MaxPending,
    IReadOnlyList<long> PendingSamples,
    IReadOnlyList<SlowConsumerPublisher> Publishers,
    IReadOnlyList<SlowConsumerSubject> Subjects,
    long SampledBytes);
