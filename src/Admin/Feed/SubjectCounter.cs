namespace NatsKestrel.Admin.Feed;

/// <summary>What was published to one subject since counting began.</summary>
/// <param name="owner">Which <see cref="SubjectCounters"/> it belongs to.</param>
/// <param name="subject">The subject; for inboxes what they are counted under.</param>
internal sealed class SubjectCounter(long owner, byte[] subject)
{
    private long _messages;
    private long _bytes;
    private long _undelivered;
    private long _unansweredRequests;
    private ulong _lastPublisher;

    // Touched by the feed alone.
    private long _messagesBefore;
    private long _bytesBefore;
    private long _undeliveredBefore;
    private DateTimeOffset _firstSeen;
    private DateTimeOffset _lastSeen;

    public long Owner => owner;

    public byte[] Subject => subject;

    /// <summary>Takes note of one message; called by many publishers at once.</summary>
    public void Note(int bytes, ulong publisher, bool isTaken, bool isRequest)
    {
        Interlocked.Increment(ref _messages);
        Interlocked.Add(ref _bytes, bytes);
        Volatile.Write(ref _lastPublisher, publisher);
        if (!isTaken)
        {
            Interlocked.Increment(ref _undelivered);
            if (isRequest)
            {
                Interlocked.Increment(ref _unansweredRequests);
            }
        }
    }

    /// <summary>The counts now, and the rates since the last call.</summary>
    public SubjectTraffic Sample(string subject, DateTimeOffset now, double seconds)
    {
        long messages = Interlocked.Read(ref _messages), bytes = Interlocked.Read(ref _bytes), undelivered = Interlocked.Read(ref _undelivered);
        _firstSeen = _firstSeen == default ? now : _firstSeen;
        _lastSeen = messages != _messagesBefore ? now : _lastSeen;
        var traffic = new SubjectTraffic(
            subject,
            messages,
            (messages - _messagesBefore) / seconds,
            (bytes - _bytesBefore) / seconds,
            undelivered,
            (undelivered - _undeliveredBefore) / seconds,
            Interlocked.Read(ref _unansweredRequests),
            Volatile.Read(ref _lastPublisher),
            _firstSeen,
            _lastSeen);
        (_messagesBefore, _bytesBefore, _undeliveredBefore) = (messages, bytes, undelivered);
        return traffic;
    }
}
