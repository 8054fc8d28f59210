using NatsKestrel.Admin.Components.Layout;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Admin.Tests.Components;

public sealed class CommandPaletteTests
{
    private static readonly ConnectionRow[] Rows = [Row(7, "orders-api"), Row(17, "orders"), Row(23, "")];

    [Theory]
    [InlineData("over", "")]
    [InlineData("who orders.created", "receivers?subject=orders.created")]
    [InlineData("WHO  orders.> ", "receivers?subject=orders.%3E")]
    [InlineData("orders", "connections/17")]
    [InlineData("orders-a", "connections/7")]
    [InlineData("23", "connections/23")]
    [InlineData("orders.eu", "receivers?subject=orders.eu")]
    public void The_first_place_is_the_likeliest(string text, string address) =>
        Assert.Equal(address, CommandPalette.Find(text, Rows).First().Address);

    [Theory]
    [InlineData("who a..b")]
    [InlineData("no such place")]
    public void What_means_nothing_leads_nowhere(string text) => Assert.Empty(CommandPalette.Find(text, Rows));

    [Fact]
    public void Every_page_has_a_key_of_its_own() => Assert.Equal(PageList.All.Length, PageList.All.Select(page => page.Key).Distinct().Count());

    private static ConnectionRow Row(ulong id, string name) => new(
        new ConnectionSnapshot
        {
            Id = id,
            Name = name,
            Type = "nats",
            Remote = null,
            Start = default,
            LastActivity = default,
            RoundTrip = default,
            PendingBytes = 0,
            InMessages = 0,
            InBytes = 0,
            OutMessages = 0,
            OutBytes = 0,
            Stalls = 0,
            SubscriptionCount = 0,
            Lang = "",
            Version = "",
            AccountName = "$G",
        },
        default,
        ConnectionState.Active);
}
