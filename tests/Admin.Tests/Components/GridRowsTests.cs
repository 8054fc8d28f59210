using Microsoft.AspNetCore.Components.QuickGrid;
using NatsKestrel.Admin.Components;
using Xunit;

namespace NatsKestrel.Admin.Tests.Components;

public class GridRowsTests
{
    private static readonly Pet[] Pets = [new("b", 2), new("a", 2), new("c", 1)];

    [Fact]
    public void Rows_are_sorted_by_each_column_either_way_and_by_the_first_of_several_first()
    {
        GridOrders<Pet> orders = Orders();

        Assert.Equal("bac", Sorted());
        Assert.Equal("abc", Sorted(("Name", SortDirection.Ascending)));
        Assert.Equal("cba", Sorted(("Name", SortDirection.Descending)));
        Assert.Equal("cba", Sorted(("Age", SortDirection.Ascending)));
        Assert.Equal("abc", Sorted(("Age", SortDirection.Descending), ("Name", SortDirection.Ascending)));

        string Sorted(params (string Name, SortDirection Direction)[] by) =>
            string.Concat(orders.Sort(Pets, by.Select(each => new SortedProperty { PropertyName = each.Name, Direction = each.Direction })).Select(pet => pet.Name));
    }

    [Fact]
    public void Equal_rows_stay_in_their_order()
    {
        SortedProperty[] byAge = [new() { PropertyName = "Age", Direction = SortDirection.Descending }];

        Assert.Equal("bac", string.Concat(Orders().Sort(Pets, byAge).Select(pet => pet.Name)));
    }

    [Fact]
    public async Task Rows_stay_in_place_while_somebody_points_at_one()
    {
        var rows = new GridRows<Pet>(Orders(), static pet => pet.Name[0]);
        rows.Show([new("a", 1), new("b", 2)]);
        Assert.Equal("ba", await ShownAsync());

        rows.IsHeld = true;
        rows.Show([new("a", 9), new("b", 2), new("c", 5)]);
        Assert.Equal("bac", await ShownAsync());

        rows.IsHeld = false;
        Assert.Equal("acb", await ShownAsync());

        async Task<string> ShownAsync()
        {
            // As the grid asks: by age, the oldest first.
            rows.Show(Orders().Sort(rows.All, [new SortedProperty { PropertyName = "Age", Direction = SortDirection.Descending }]));
            var request = default(GridItemsProviderRequest<Pet>);
            return string.Concat((await rows.ProvideAsync(request)).Items.Select(pet => pet.Name));
        }
    }

    private static GridOrders<Pet> Orders()
    {
        var orders = new GridOrders<Pet>();
        orders.Ascending(pet => pet.Name);
        orders.Add(pet => pet.Age);
        return orders;
    }

    private sealed record Pet(string Name, int Age);
}
