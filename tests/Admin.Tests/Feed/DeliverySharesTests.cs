using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class DeliverySharesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_a_subscription_got_is_counted_for_a_minute()
    {
        var shares = new DeliveryShares();
        shares.Add(Start, [Got(100)]);
        Assert.Equal(0, shares.Of(Got(100)));

        shares.Add(Start.AddSeconds(30), [Got(130)]);
        shares.Add(Start.AddSeconds(60), [Got(150)]);
        Assert.Equal(50, shares.Of(Got(150)));

        shares.Add(Start.AddSeconds(80), [Got(151)]);
        Assert.Equal(21, shares.Of(Got(151)));
    }

    [Fact]
    public void A_subscription_that_takes_over_a_sid_begins_anew()
    {
        var shares = new DeliveryShares();
        shares.Add(Start, [Got(100)]);
        shares.Add(Start.AddSeconds(1), [Got(3)]);
        shares.Add(Start.AddSeconds(2), [Got(5)]);
        Assert.Equal(2, shares.Of(Got(5)));

        shares.Add(Start.AddSeconds(3), []);
        Assert.Equal(0, shares.Of(Got(5)));
    }

    private static SubscriptionSnapshot Got(long delivered) => new(1, "$G", "a", "q", "1", delivered, 0);
}
