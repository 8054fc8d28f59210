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

    private static GridOrders<Pet> Orders()
    {
        var orders = new GridOrders<Pet>();
        orders.Ascending(pet => pet.Name);
        orders.Add(pet => pet.Age);
        return orders;
    }

    private sealed record Pet(string Name, int Age);
}
