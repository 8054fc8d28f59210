using Microsoft.AspNetCore.Components.QuickGrid;

namespace NatsKestrel.Admin.Components;

/// <summary>How a grid is looked at, as the page's address says it: what it is sorted by, and the columns that are left out.</summary>
/// <param name="sort">A column's name, behind a minus where the order is turned round; empty for the grid's own order.</param>
/// <param name="hide">Names of columns, with commas between them.</param>
internal sealed class GridView(string? sort, string? hide)
{
    private readonly HashSet<string> _hidden = [.. (hide ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>As it stands in the address.</summary>
    public string Sort { get; } = sort ?? "";

    /// <summary>Which way it is sorted.</summary>
    public SortDirection Direction => Sort.StartsWith('-') ? SortDirection.Descending : SortDirection.Ascending;

    /// <summary>A column's name in the address: <c>in-msg-s</c> for "In msg/s".</summary>
    public static string NameOf(string title) => title.ToLowerInvariant().Replace(' ', '-').Replace('/', '-');

    /// <summary>The same for an order.</summary>
    public static string NameOf(string? title, bool isAscending) => title is null ? "" : isAscending ? NameOf(title) : "-" + NameOf(title);

    /// <summary>True where the grid is sorted by that column.</summary>
    public bool IsBy(string title) => Sort.TrimStart('-') == NameOf(title);

    /// <summary>True unless that column is left out.</summary>
    public bool Shows(string title) => !_hidden.Contains(NameOf(title));

    /// <summary>What the address says once that column is shown, or is no more; null for nothing.</summary>
    public string? Toggled(string title)
    {
        HashSet<string> hidden = [.. _hidden];
        if (!hidden.Remove(NameOf(title)))
        {
            hidden.Add(NameOf(title));
        }

        return hidden.Count > 0 ? string.Join(',', hidden.Order(StringComparer.Ordinal)) : null;
    }
}
