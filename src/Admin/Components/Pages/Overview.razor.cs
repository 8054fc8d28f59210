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
}
