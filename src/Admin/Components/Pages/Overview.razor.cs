using NatsKestrel.Admin.Components.Controls;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>The server in eight numbers, and what happened last.</summary>
public sealed partial class Overview
{
    private const int MaxEnded = 20;

    private List<ConnectionSnapshot> _ended = [];

    private protected override FeedParts Parts => FeedParts.Connections;

    private ConnectionSettings Settings => Live.Current;

    private ServerTotals Totals => Snapshot.Totals;

    private int SlowNow => Snapshot.Connections.Count(static row => row.State == ConnectionState.Slow);

    private string ClientUrl => Server.ClientUri?.ToString().TrimEnd('/') ?? "nats://localhost:4222";

    private protected override void OnSnapshot() => _ended = [.. Registry.SnapshotClosed().TakeLast(MaxEnded).Reverse()];

    private string Rate(Func<TrafficRate, double> part, Func<double, string> show) => Snapshot.Rate is { } rate ? show(part(rate)) : "–";

    // The tiles' numbers.
    private ChartSeries[] Charts() =>
    [
        new("Connections", Feed.History(FeedMetric.Connections)),
        new("Subscriptions", Feed.History(FeedMetric.Subscriptions)),
        new("Messages in /s", Feed.History(FeedMetric.InMessages)),
        new("Messages out /s", Feed.History(FeedMetric.OutMessages)),
        new("Bytes in /s", Feed.History(FeedMetric.InBytes), Format.Bytes),
        new("Bytes out /s", Feed.History(FeedMetric.OutBytes), Format.Bytes),
        new("Pending", Feed.History(FeedMetric.PendingBytes), Format.Bytes),
        new("Slow consumers", Feed.History(FeedMetric.SlowConsumers)),
    ];
}
