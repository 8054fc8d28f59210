using System.Linq.Expressions;
using Microsoft.AspNetCore.Components.QuickGrid;

namespace NatsKestrel.Admin.Components;

/// <summary>The rows of a grid, sorted and cut as it asks.</summary>
/// <remarks>A grid over <see cref="IQueryable{T}"/> compiles an expression for each look: with ten open tabs that was half of what they cost the server.</remarks>
/// <param name="orders">What the grid can be sorted by.</param>
/// <param name="key">Tells a row of one tick from the others in the next.</param>
internal sealed class GridRows<T>(GridOrders<T> orders, Func<T, ulong> key)
{
    private Dictionary<ulong, int>? _held;
    private string _heldBy = "";

    /// <summary>All rows, unsorted.</summary>
    public T[] All { get; private set; } = [];

    /// <summary>The grid that shows them, once it is there.</summary>
    public QuickGrid<T>? Grid { get; set; }

    /// <summary>What they are sorted by, as <see cref="GridView.Sort"/> has it.</summary>
    public string Sort { get; set; } = "";

    /// <summary>Called when the reader sorts them otherwise.</summary>
    public Action? Sorted { get; set; }

    /// <summary>True while rows stay where they are, whatever they are sorted by: somebody points at one.</summary>
    public bool IsHeld { get; set; }

    /// <summary>All rows in the order that was last shown.</summary>
    public T[] Shown { get; private set; } = [];

    /// <summary>Replaces them.</summary>
    public void Show(IEnumerable<T> rows)
    {
        All = [.. rows];
        _ = Grid?.RefreshDataAsync();
    }

    /// <summary>Gives the grid those that it has room for.</summary>
    public ValueTask<GridItemsProviderResult<T>> ProvideAsync(GridItemsProviderRequest<T> request)
    {
        string sort = GridView.NameOf(request.SortByColumn?.Title, request.SortByAscending);
        if (sort != Sort)
        {
            Sort = sort;
            Sorted?.Invoke();
        }

        T[] sorted = [.. orders.Sort(All, request.GetSortByProperties())];
        if (!IsHeld || sort != _heldBy)
        {
            _held = null;
            _heldBy = sort;
        }

        if (IsHeld)
        {
            // New rows go to the end.
            _held ??= (Shown.Length > 0 ? Shown : sorted).Select((row, place) => (Key: key(row), place)).ToDictionary(row => row.Key, row => row.place);
            sorted = [.. sorted.OrderBy(row => _held.GetValueOrDefault(key(row), int.MaxValue))];
        }

        Shown = sorted;
        return new(GridItemsProviderResult.From<T>([.. sorted.Skip(request.StartIndex).Take(request.Count ?? int.MaxValue)], All.Length));
    }
}

/// <summary>What the rows of a grid can be sorted by: made once, for it compiles how to get at each.</summary>
internal sealed class GridOrders<T>
{
    private readonly Dictionary<string, IComparer<T>> _comparers = [];

    /// <summary>Sorts from the least, unless the reader turns that round.</summary>
    public GridSort<T> Ascending<TKey>(Expression<Func<T, TKey>> key)
    {
        Add(key);
        return GridSort<T>.ByAscending(key);
    }

    /// <summary>Sorts from the most.</summary>
    public GridSort<T> Descending<TKey>(Expression<Func<T, TKey>> key)
    {
        Add(key);
        return GridSort<T>.ByDescending(key);
    }

    /// <summary>For a column that sorts by itself.</summary>
    public void Add<TKey>(Expression<Func<T, TKey>> key)
    {
        Func<T, TKey> get = key.Compile();
        _comparers.Add(((MemberExpression)key.Body).Member.Name, Comparer<T>.Create((left, right) => Comparer<TKey>.Default.Compare(get(left), get(right))));
    }

    /// <summary>Sorts by several, the first of them first.</summary>
    public IEnumerable<T> Sort(IEnumerable<T> rows, IEnumerable<SortedProperty> properties)
    {
        foreach (SortedProperty property in properties.Reverse())
        {
            IComparer<T> comparer = _comparers[property.PropertyName];
            rows = property.Direction == SortDirection.Descending ? rows.OrderDescending(comparer) : rows.Order(comparer);
        }

        return rows;
    }
}
