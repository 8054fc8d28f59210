using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.QuickGrid;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>Who is connected, with rates, like <c>top</c>; and who was.</summary>
public sealed partial class Connections
{
    private readonly GridSort<ConnectionRow> _byName = GridSort<ConnectionRow>.ByAscending(row => row.Label);
    private readonly GridSort<ConnectionRow> _byState = GridSort<ConnectionRow>.ByDescending(row => row.State);
    private readonly GridSort<ConnectionRow> _byPending = GridSort<ConnectionRow>.ByDescending(row => row.PendingBytes);
    private readonly GridSort<ConnectionRow> _byIn = GridSort<ConnectionRow>.ByDescending(row => row.InMessages);
    private readonly GridSort<ConnectionRow> _byOut = GridSort<ConnectionRow>.ByDescending(row => row.OutMessages);
    private readonly GridSort<ConnectionRow> _byInBytes = GridSort<ConnectionRow>.ByDescending(row => row.InBytes);
    private readonly GridSort<ConnectionRow> _byOutBytes = GridSort<ConnectionRow>.ByDescending(row => row.OutBytes);
    private readonly GridSort<ConnectionRow> _byRoundTrip = GridSort<ConnectionRow>.ByDescending(row => row.RoundTrip);
    private readonly GridSort<ConnectionRow> _byStart = GridSort<ConnectionRow>.ByAscending(row => row.Start);
    private readonly GridSort<ConnectionSnapshot> _closedByName = GridSort<ConnectionSnapshot>.ByAscending(row => row.Name);
    private readonly GridSort<ConnectionSnapshot> _closedByReason = GridSort<ConnectionSnapshot>.ByAscending(row => row.Reason);

    private IQueryable<ConnectionRow> _rows = Enumerable.Empty<ConnectionRow>().AsQueryable();
    private IQueryable<ConnectionSnapshot> _closed = Enumerable.Empty<ConnectionSnapshot>().AsQueryable();
    private ConnectionFilter _filter = ConnectionFilter.Parse("");
    private string _filterText = "";
    private readonly HashSet<ulong> _selected = [];
    private ActResult? _result;

    [SupplyParameterFromQuery(Name = "state")]
    private string? StateQuery { get; set; }

    [SupplyParameterFromQuery(Name = "filter")]
    private string? FilterQuery { get; set; }

    private protected override FeedParts Parts => FeedParts.Connections;

    private bool IsClosed => StateQuery == "closed";

    // Those that are selected; without any, all that the filter leaves. Nobody is meant by a list without a filter.
    private ConnectionRow[] Chosen => _selected.Count > 0 ? [.. _rows.Where(row => _selected.Contains(row.Id))] : _filter.IsEmpty ? [] : [.. _rows];

    private string Json => Paths.Outside(IsClosed ? "connz?state=closed&limit=1000" : "connz?limit=1000&sort=pending");

    private string Shown => IsClosed
        ? $"{Format.Count(_closed.Count())} shown of those that ended lately"
        : $"{Format.Count(_rows.Count())} of {Format.Count(Snapshot.Connections.Count)} shown";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _filterText = FilterQuery ?? "";
        Refilter();
    }

    private protected override void OnSnapshot() => Refilter();

    private static string Label(ConnectionSnapshot connection) => connection.Name.Length > 0 ? connection.Name : $"cid {connection.Id}";

    // In the address, so that a reload, a bookmark or a lost connection brings it back.
    private void KeepFilter() => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameter("filter", _filterText.Length > 0 ? _filterText : null), replace: true);

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
        _result = Acts.Kick(Current.Demand(ConsoleRole.Operator), [.. Chosen.Select(static row => row.Id)]);
        _selected.Clear();
    }

    private void Refilter()
    {
        _filterText ??= ""; // an empty field is bound as null
        _filter = ConnectionFilter.Parse(_filterText);
        if (IsClosed)
        {
            ConnectionRow Row(ConnectionSnapshot connection) => new(connection, default, ConnectionState.Idle);
            _closed = Registry.SnapshotClosed().Where(connection => _filter.Matches(Row(connection))).ToArray().AsQueryable();
        }
        else
        {
            _rows = Snapshot.Connections.Where(_filter.Matches).ToArray().AsQueryable();
            _selected.IntersectWith(_rows.Select(static row => row.Id));
        }
    }
}
