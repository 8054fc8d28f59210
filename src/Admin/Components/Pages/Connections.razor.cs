using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.QuickGrid;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>Who is connected, with rates, like <c>top</c>; and who was.</summary>
public sealed partial class Connections
{
    // Without these a row still says who it is and how it does.
    private static readonly string[] Optional = ["cid", "Trend", "In msg/s", "Out msg/s", "In B/s", "Out B/s", "Subs", "RTT", "Address", "Library", "Account", "Up"];

    private static readonly GridOrders<ConnectionRow> Orders = new();
    private static readonly GridOrders<ConnectionSnapshot> ClosedOrders = new();
    private static readonly GridSort<ConnectionRow> ByName = Orders.Ascending(row => row.Label);
    private static readonly GridSort<ConnectionRow> ByState = Orders.Descending(row => row.State);
    private static readonly GridSort<ConnectionRow> ByPending = Orders.Descending(row => row.PendingBytes);
    private static readonly GridSort<ConnectionRow> ByIn = Orders.Descending(row => row.InMessages);
    private static readonly GridSort<ConnectionRow> ByOut = Orders.Descending(row => row.OutMessages);
    private static readonly GridSort<ConnectionRow> ByInBytes = Orders.Descending(row => row.InBytes);
    private static readonly GridSort<ConnectionRow> ByOutBytes = Orders.Descending(row => row.OutBytes);
    private static readonly GridSort<ConnectionRow> ByRoundTrip = Orders.Descending(row => row.RoundTrip);
    private static readonly GridSort<ConnectionRow> ByStart = Orders.Ascending(row => row.Start);
    private static readonly GridSort<ConnectionSnapshot> ClosedByName = ClosedOrders.Ascending(row => row.Name);
    private static readonly GridSort<ConnectionSnapshot> ClosedByReason = ClosedOrders.Ascending(row => row.Reason);

    private readonly GridRows<ConnectionRow> _rows = new(Orders, static row => row.Id);
    private readonly GridRows<ConnectionSnapshot> _closed = new(ClosedOrders, static row => row.Id);
    private string _reason = "";
    private ConnectionFilter _filter = ConnectionFilter.Parse("");
    private string _filterText = "";
    private readonly HashSet<ulong> _selected = [];
    private ActResult? _result;
    private GridView _view = new(null, null);
    private int _grid;

    static Connections()
    {
        Orders.Add(row => row.Id);
        Orders.Add(row => row.Subscriptions);
        ClosedOrders.Add(row => row.Stop);
    }

    [SupplyParameterFromQuery(Name = "state")]
    private string? StateQuery { get; set; }

    [SupplyParameterFromQuery(Name = "filter")]
    private string? FilterQuery { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? SortQuery { get; set; }

    [SupplyParameterFromQuery(Name = "hide")]
    private string? HideQuery { get; set; }

    private protected override FeedParts Parts => FeedParts.Connections;

    private bool IsClosed => StateQuery == "closed";

    // Those that are selected; without any, all that the filter leaves. Nobody is meant by a list without a filter.
    private ConnectionRow[] Chosen => _selected.Count > 0 ? [.. _rows.All.Where(row => _selected.Contains(row.Id))] : _filter.IsEmpty ? [] : _rows.All;

    private string Json => Paths.Outside(IsClosed ? "connz?state=closed&limit=1000" : "connz?limit=1000&sort=pending");

    private string? Csv => Paths.Api is { } api
        ? Paths.Outside($"{api}/connections.csv?state={(IsClosed ? "closed" : "open")}&filter={Uri.EscapeDataString(_filterText)}")
        : null;

    private string Shown => IsClosed
        ? $"{Format.Count(_closed.All.Length)} shown of those that ended lately"
        : $"{Format.Count(_rows.All.Length)} of {Format.Count(Snapshot.Connections.Count)} shown";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _filterText = FilterQuery ?? "";
        _view = new GridView(SortQuery, HideQuery);
        if (_view.Sort != _rows.Sort)
        {
            // The grid knows an order of its own only when it is made.
            _rows.Sort = _view.Sort;
            _grid++;
        }

        _rows.Sorted ??= () => Keep("sort", _rows.Sort);
        Refilter();
    }

    private protected override void OnSnapshot() => Refilter();

    private static string Label(ConnectionSnapshot connection) => connection.Name.Length > 0 ? connection.Name : $"cid {connection.Id}";

    // In the address, so that a reload, a bookmark or a lost connection brings it back.
    private void Keep(string name, string? value) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameter(name, value is { Length: > 0 } ? value : null), replace: true);

    private void KeepFilter() => Keep("filter", _filterText);

    private void Toggle(string column) => Keep("hide", _view.Toggled(column));

    private void Select(ulong id, bool isSelected)
    {
        if (isSelected)
        {
            _selected.Add(id);
        }
        else
        {
            _selected.Remove(id);
        }
    }

    private void Kick()
    {
        _result = Acts.Kick(Current.Demand(ConsoleRole.Operator), [.. Chosen.Select(static row => row.Id)], _reason);
        _selected.Clear();
    }

    private void Refilter()
    {
        _filterText ??= ""; // an empty field is bound as null
        _filter = ConnectionFilter.Parse(_filterText);
        if (IsClosed)
        {
            ConnectionRow Row(ConnectionSnapshot connection) => new(connection, default, ConnectionState.Idle);
            _closed.Show(Registry.SnapshotClosed().Where(connection => _filter.Matches(Row(connection))));
        }
        else
        {
            _rows.Show(Snapshot.Connections.Where(_filter.Matches));
            _selected.IntersectWith(_rows.All.Select(static row => row.Id));
        }
    }
}
