using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class ConnectionFilterTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("billing", true)]
    [InlineData("WORKER", true)]
    [InlineData("shipping", false)]
    [InlineData("name:billing-*", true)]
    [InlineData("name:*-worker", true)]
    [InlineData("name:b*g-w*r", true)]
    [InlineData("name:billing", false)]
    [InlineData("lang:go acc:$G", true)]
    [InlineData("lang:go acc:ORDERS", false)]
    [InlineData("pending>1M", true)]
    [InlineData("pending>1.5m", true)]
    [InlineData("pending>2G", false)]
    [InlineData("pending<100", false)]
    [InlineData("subs>2 state:slow", true)]
    [InlineData("cid:7", true)]
    [InlineData("cid:77", false)]
    public void A_connection_matches_when_all_terms_hold(string text, bool isMatch)
    {
        var filter = ConnectionFilter.Parse(text);

        Assert.Empty(filter.Problems);
        Assert.Equal(isMatch, filter.Matches(Row()));
    }

    [Theory]
    [InlineData("colour:red")]
    [InlineData("pending>much")]
    [InlineData("name>3")]
    public void A_term_that_means_nothing_is_named(string term)
    {
        var filter = ConnectionFilter.Parse($"lang:go {term}");

        Assert.Equal([term], filter.Problems);
    }

    [Fact]
    [Trait("Safety", "UI-4")]
    public void A_pattern_of_many_stars_is_matched_in_one_pass()
    {
        var filter = ConnectionFilter.Parse("name:" + string.Concat(Enumerable.Repeat("*i", 500)) + "*x");

        Assert.False(filter.Matches(Row(new string('i', 256))));
    }

    internal static ConnectionRow Row(string name = "billing-worker", ulong id = 7, long pending = 2_000_000) => new(
        new ConnectionSnapshot
        {
            Id = id,
            Type = "nats",
            Remote = new(System.Net.IPAddress.Loopback, 5000),
            Start = DateTimeOffset.UnixEpoch,
            LastActivity = DateTimeOffset.UnixEpoch,
            RoundTrip = TimeSpan.FromMilliseconds(1),
            PendingBytes = pending,
            InMessages = 1,
            InBytes = 10,
            OutMessages = 2,
            OutBytes = 20,
            Stalls = 0,
            SubscriptionCount = 3,
            Name = name,
            Lang = "go",
            Version = "1.0.0",
            AccountName = "$G",
        },
        default,
        ConnectionState.Slow);
}
