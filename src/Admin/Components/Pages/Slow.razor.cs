using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>Who takes messages too slowly, who was cut for it, and why.</summary>
public sealed partial class Slow
{
    private const int MaxEvents = 50;

    private ConnectionRow[] _slow = [];
    private SlowConsumerEvent[] _events = [];
    private Dictionary<ulong, string> _labels = [];

    private protected override FeedParts Parts => FeedParts.Connections;

    private ConnectionSettings Settings => Live.Current;

    private protected override void OnSnapshot()
    {
        _slow = [.. Snapshot.Connections.Where(static row => row.State == ConnectionState.Slow).OrderByDescending(static row => row.PendingBytes)];
        _events = [.. SlowConsumers.Events.ToArray().Reverse().Take(MaxEvents)];
        if (_events.Length > 0)
        {
            _labels = Snapshot.Connections.ToDictionary(static row => row.Id, static row => row.Label);
        }
    }

    private string LabelOf(ulong id) => Format.Foreign(_labels.GetValueOrDefault(id, $"cid {id}"), 40);

    private int Share(ConnectionRow row) => (int)Math.Min(row.PendingBytes * 100 / Math.Max(Settings.MaxPending, 1), 100);
}
