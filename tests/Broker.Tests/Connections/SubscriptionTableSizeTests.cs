using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public class SubscriptionTableSizeTests
{
    [Fact]
    [Trait("Safety", "MEM-5")]
    public void A_table_that_was_large_shrinks_with_its_subscriptions_and_finds_those_that_stay()
    {
        var table = new SubscriptionTable();
        Subscription[] all = [.. Enumerable.Range(0, 10_000).Select(sid => new Subscription(null!, "a"u8, [], Encoding.ASCII.GetBytes($"{sid}")))];
        Array.ForEach(all, table.Add);

        Assert.All(all[20..], subscription => Assert.True(table.Remove(subscription)));

        Assert.InRange(table.Capacity, 20, 256);
        Assert.Equal(20, table.Count);
        Assert.All(all[..20], subscription => Assert.Same(subscription, table.Find(subscription.Sid)));
        Assert.Null(table.Find(all[20].Sid));
    }
}
