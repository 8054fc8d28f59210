using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Feed;

/// <summary>A connection with what it did since the tick before.</summary>
/// <param name="Connection">The connection as it was.</param>
/// <param name="Rate">Its messages and bytes a second; zero in its first tick.</param>
/// <param name="State">What is to be said of it in a word.</param>
/// <param name="Trend">What it did in the ticks before; null for one that is closed.</param>
internal sealed record ConnectionRow(ConnectionSnapshot Connection, TrafficRate Rate, ConnectionState State, ConnectionTrend? Trend = null)
{
    public ulong Id => Connection.Id;

    /// <summary>The name it gave itself, or its number where it gave none.</summary>
    public string Label => Connection.Name.Length > 0 ? Connection.Name : $"cid {Connection.Id}";

    public string Library => $"{Connection.Lang} {Connection.Version}".Trim();

    public double InMessages => Rate.InMessages;

    public double OutMessages => Rate.OutMessages;

    public double InBytes => Rate.InBytes;

    public double OutBytes => Rate.OutBytes;

    public long PendingBytes => Connection.PendingBytes;

    public int Subscriptions => Connection.SubscriptionCount;

    public string Account => Connection.AccountName;

    public TimeSpan RoundTrip => Connection.RoundTrip;

    public DateTimeOffset Start => Connection.Start;
}
