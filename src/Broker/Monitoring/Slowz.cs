namespace NatsKestrel.Broker.Monitoring;

/// <summary>The latest slow consumers and their circumstances: <c>/slowz</c>, which nats-server does not have.</summary>
/// <param name="ServerId">Id of this server.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="Total">Slow consumers recorded since the start, kept or not.</param>
/// <param name="MaxPending">Bytes that may wait for one client.</param>
/// <param name="WriteDeadline">Time a client may take nothing, in nanoseconds.</param>
/// <param name="Events">Those that are kept, the latest first.</param>
internal sealed record Slowz(string ServerId, DateTime Now, long Total, long MaxPending, long WriteDeadline, IReadOnlyList<SlowzEvent> Events);

/// <summary>One slow consumer in <c>/slowz</c>.</summary>
/// <param name="Time">When it was cut.</param>
/// <param name="Cid">Its connection.</param>
/// <param name="Account">Its account.</param>
/// <param name="Name">The name it gave itself.</param>
/// <param name="Lang">Language of its client library.</param>
/// <param name="Version">Version of its client library.</param>
/// <param name="Ip">Its address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Reason">Why it was cut, as in <c>/connz?state=closed</c>.</param>
/// <param name="PendingBytes">Bytes that waited for it.</param>
/// <param name="OutMsgs">Messages delivered to it.</param>
/// <param name="OutBytes">Their bytes.</param>
/// <param name="PendingSamples">Pending bytes second by second before the cut, oldest first.</param>
/// <param name="SampledBytes">How much of the queue the subjects were counted in.</param>
/// <param name="Subjects">The subjects in the oldest part of its queue, largest first.</param>
/// <param name="Publishers">Who filled its queue, largest first.</param>
internal sealed record SlowzEvent(
    DateTime Time,
    ulong Cid,
    string Account,
    string Name,
    string Lang,
    string Version,
    string Ip,
    int Port,
    string Reason,
    long PendingBytes,
    long OutMsgs,
    long OutBytes,
    IReadOnlyList<long> PendingSamples,
    long SampledBytes,
    IReadOnlyList<SlowzSubject> Subjects,
    IReadOnlyList<SlowzPublisher> Publishers);

/// <summary>A subject in a slow consumer's queue.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Msgs">Messages of it in the sample.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record SlowzSubject(string Subject, int Msgs, long Bytes);

/// <summary>A publisher that filled a slow consumer's queue.</summary>
/// <param name="Cid">The publisher's connection.</param>
/// <param name="Bytes">Bytes it queued while the receiver was slow.</param>
internal sealed record SlowzPublisher(ulong Cid, long Bytes);
