namespace NatsKestrel.Admin.Feed;

/// <summary>The series of which the feed keeps the last minutes.</summary>
internal enum FeedMetric
{
    Connections,
    Subscriptions,
    InMessages,
    OutMessages,
    InBytes,
    OutBytes,
    PendingBytes,
    SlowConsumers,
}
