using Microsoft.AspNetCore.Components;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>One connection: who it is, what it does, what it listens to.</summary>
public sealed partial class Connection
{
    private const int MaxSubscriptions = 1000;
    private const int MaxValues = 60;
    private const int MaxTraceLines = 200;

    private readonly List<double> _in = [];
    private readonly List<double> _out = [];
    private readonly List<double> _pending = [];
    private ConnectionSnapshot? _connection;
    private ConnectionRow? _row;
    private ActResult? _result;
    private ConnectionTrace? _trace;
    private string[] _traced = [];

    /// <summary>Its number.</summary>
    [Parameter]
    public long Id { get; set; }

    private protected override FeedParts Parts => FeedParts.Connections;

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
        }
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

    private void Kick() => _result = Acts.Kick(Current.Demand(ConsoleRole.Operator), [(ulong)Id]);

    private void Find()
    {
        _row = Snapshot.Connections.FirstOrDefault(row => row.Id == (ulong)Id);
        _connection = Registry.FindOpen((ulong)Id, MaxSubscriptions) ?? Registry.SnapshotClosed().FirstOrDefault(ended => ended.Id == (ulong)Id);
    }

    private string Now(Func<TrafficRate, double> part) => _row is null ? "" : $", now {Format.Short(part(_row.Rate))} /s";
}
