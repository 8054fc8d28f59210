using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Feed;

/// <summary>The server as it was at one tick of the feed: what every page shows, and nobody changes.</summary>
internal sealed record FeedSnapshot
{
    /// <summary>When it was taken.</summary>
    public required DateTimeOffset Time { get; init; }

    public required ServerTotals Totals { get; init; }

    /// <summary>Subscriptions in all accounts.</summary>
    public required long Subscriptions { get; init; }

    /// <summary>Bytes that wait for all clients together.</summary>
    public required long PendingBytes { get; init; }

    /// <summary>Messages and bytes a second since the tick before; null for the first tick after a pause.</summary>
    public required TrafficRate? Rate { get; init; }

    /// <summary>Open connections by number; empty unless a page needs them.</summary>
    public IReadOnlyList<ConnectionRow> Connections { get; init; } = [];

    /// <summary>What is published, by account; empty unless a page needs it.</summary>
    public IReadOnlyList<AccountTraffic> Traffic { get; init; } = [];

    /// <summary>True where nobody was looking before, so that nothing was counted yet.</summary>
    public bool IsFirst => Rate is null;
}
