using Microsoft.AspNetCore.Components;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>One connection: who it is, what it does, what it listens to.</summary>
public sealed partial class Connection
{
    private const int MaxSubscriptions = 1000;
    private const int MaxValues = 60;
    private const int MaxTraceLines = 200;
    private const int MaxLogLines = 50;
    private const int BlockMinutes = 10;

    private static readonly string[] Verbs = ["", "PUB", "HPUB", "MSG", "HMSG", "SUB", "UNSUB", "PING", "PONG", "CONNECT", "INFO", "+OK", "-ERR"];

    private readonly List<double> _in = [];
    private readonly List<double> _out = [];
    private readonly List<double> _pending = [];
    private readonly List<double> _roundTrip = [];
    private readonly Dictionary<string, double> _rates = [];
    private Dictionary<string, long> _delivered = [];
    private DateTimeOffset _deliveredAt;
    private LogLine[] _lines = [];
    private string _verb = "";
    private string _reason = "";
    private ConnectionSnapshot? _connection;
    private ConnectionRow? _row;
    private ActResult? _result;
    private ConnectionTrace? _trace;
    private string[] _traced = [];

    /// <summary>Its number.</summary>
    [Parameter]
    public long Id { get; set; }

    private protected override FeedParts Parts => FeedParts.Connections;

    private int SameUser => Snapshot.Connections.Count(row => row.Connection.AuthorizedUser == _connection?.AuthorizedUser);

    private string Title => _connection is { Name.Length: > 0 } named ? Format.Foreign(named.Name, 60) : $"cid {Id}";

    /// <inheritdoc/>
    protected override void OnParametersSet() => Find();

    private protected override void OnSnapshot()
    {
        Find();
        _traced = _trace?.Lines ?? [];
        if (_row is not null)
        {
            Keep(_in, _row.InMessages);
            Keep(_out, _row.OutMessages);
            Keep(_pending, _row.PendingBytes);
            Keep(_roundTrip, _row.RoundTrip.TotalMilliseconds);
        }

        CountDeliveries();
        _lines = Current.May(ConsoleRole.Operator)
            ? [.. Ring.Latest().Where(line => line.Text.Contains($"cid:{Id} ", StringComparison.Ordinal) || line.Text.Contains($"cid {Id} ", StringComparison.Ordinal) || line.Text.EndsWith($"cid {Id}", StringComparison.Ordinal)).Take(MaxLogLines)]
            : [];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _trace?.Dispose();
        base.Dispose(isDisposing);
    }

    private static void Keep(List<double> values, double value)
    {
        values.Add(value);
        if (values.Count > MaxValues)
        {
            values.RemoveAt(0);
        }
    }

    private static string RouteLink(string subject) => $"receivers?subject={Uri.EscapeDataString(subject)}";

    private void Trace(int seconds)
    {
        Audit.Add(Current.Demand(ConsoleRole.Operator), $"trace cid {Id} for {seconds} s", "started");
        _trace?.Dispose();
        _traced = [];
        _trace = new ConnectionTrace(Registry, Ring, (ulong)Id, TimeSpan.FromSeconds(seconds), Clock);
    }

    private void Kick() => _result = Acts.Kick(Current.Demand(ConsoleRole.Operator), [(ulong)Id], _reason);

    private void Block() => _result = Acts.Block(Current.Demand(ConsoleRole.Operator), _connection!.AuthorizedUser, TimeSpan.FromMinutes(BlockMinutes), _reason);

    private static string Messages(long count) => count == 1 ? "1 message" : $"{Format.Count(count)} messages";

    private static string Milliseconds(double value) => Format.RoundTrip(TimeSpan.FromMilliseconds(value));

    private static string Allowed(SubjectPermissionOptions? subjects)
    {
        if (subjects is null or { Allow.Count: 0, Deny.Count: 0 })
        {
            return "everything";
        }

        string allowed = subjects.Allow.Count > 0 ? string.Join(", ", subjects.Allow.Select(static subject => Format.Foreign(subject, 120))) : "everything";
        return subjects.Deny.Count > 0 ? $"{allowed}; not {string.Join(", ", subjects.Deny.Select(static subject => Format.Foreign(subject, 120)))}" : allowed;
    }

    private void CountDeliveries()
    {
        double seconds = (Snapshot.Time - _deliveredAt).TotalSeconds;
        _rates.Clear();
        var now = new Dictionary<string, long>();
        foreach (SubscriptionSnapshot subscription in _connection?.Subscriptions ?? [])
        {
            if (seconds > 0 && _delivered.TryGetValue(subscription.Sid, out long before))
            {
                _rates[subscription.Sid] = (subscription.Delivered - before) / seconds;
            }

            now[subscription.Sid] = subscription.Delivered;
        }

        (_delivered, _deliveredAt) = (now, Snapshot.Time);
    }

    private void Find()
    {
        _row = Snapshot.Connections.FirstOrDefault(row => row.Id == (ulong)Id);
        _connection = Registry.FindOpen((ulong)Id, MaxSubscriptions) ?? Registry.SnapshotClosed().FirstOrDefault(ended => ended.Id == (ulong)Id);
    }

    private string Now(Func<TrafficRate, double> part) => _row is null ? "" : $", now {Format.Short(part(_row.Rate))} /s";
}
