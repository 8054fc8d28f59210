namespace NatsKestrel.Admin.Feed;

/// <summary>The last values of each series, one a tick. Belongs to the feed, which guards it.</summary>
internal sealed class RateHistory
{
    /// <summary>Values kept: five minutes at one a second.</summary>
    public const int Capacity = 300;

    private readonly double[][] _values = [.. Enum.GetValues<FeedMetric>().Select(_ => new double[Capacity])];
    private int _count;

    public void Add(FeedSnapshot snapshot)
    {
        TrafficRate rate = snapshot.Rate ?? default;
        int place = _count++ % Capacity;
        Set(FeedMetric.Connections, place, snapshot.Totals.Connections);
        Set(FeedMetric.Subscriptions, place, snapshot.Subscriptions);
        Set(FeedMetric.InMessages, place, rate.InMessages);
        Set(FeedMetric.OutMessages, place, rate.OutMessages);
        Set(FeedMetric.InBytes, place, rate.InBytes);
        Set(FeedMetric.OutBytes, place, rate.OutBytes);
        Set(FeedMetric.PendingBytes, place, snapshot.PendingBytes);
        Set(FeedMetric.SlowConsumers, place, snapshot.Totals.SlowConsumers);
    }

    /// <summary>The values of one series, oldest first.</summary>
    public double[] Of(FeedMetric metric)
    {
        int kept = Math.Min(_count, Capacity);
        var values = new double[kept];
        for (int i = 0; i < kept; i++)
        {
            values[i] = _values[(int)metric][(_count - kept + i) % Capacity];
        }

        return values;
    }

    /// <summary>Forgets all: nobody has looked for a while, and a gap would look like a fall.</summary>
    public void Clear() => _count = 0;

    private void Set(FeedMetric metric, int place, double value) => _values[(int)metric][place] = value;
}
