using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Feed;

/// <summary>What each subscription got in the last minute, by looking at its count once a second: the broker does nothing for it.</summary>
/// <remarks>Belongs to one page, and begins when that is opened.</remarks>
internal sealed class DeliveryShares
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(ulong Connection, string Sid), Queue<(DateTimeOffset Time, long Delivered)>> _samples = [];

    /// <summary>Takes note of the counts as they are now; subscriptions that are not among them are forgotten.</summary>
    public void Add(DateTimeOffset now, IEnumerable<SubscriptionSnapshot> subscriptions)
    {
        HashSet<(ulong, string)> gone = [.. _samples.Keys];
        foreach (SubscriptionSnapshot subscription in subscriptions)
        {
            (ulong, string) key = (subscription.ConnectionId, subscription.Sid);
            gone.Remove(key);
            if (!_samples.TryGetValue(key, out var samples))
            {
                _samples.Add(key, samples = new());
            }

            // Another subscription with the same sid: it begins anew.
            if (samples.Count > 0 && samples.Peek().Delivered > subscription.Delivered)
            {
                samples.Clear();
            }

            samples.Enqueue((now, subscription.Delivered));
            while (now - samples.Peek().Time > Window)
            {
                samples.Dequeue();
            }
        }

        foreach ((ulong, string) key in gone)
        {
            _samples.Remove(key);
        }
    }

    /// <summary>Messages it got in the last minute, or since it is looked at.</summary>
    public long Of(SubscriptionSnapshot subscription) =>
        _samples.TryGetValue((subscription.ConnectionId, subscription.Sid), out var samples) && samples.Count > 0 ? subscription.Delivered - samples.Peek().Delivered : 0;
}
