using Microsoft.Extensions.Configuration;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public class EffectiveOptionTests
{
    [Fact]
    [Trait("Safety", "LOG-2")]
    public void What_lists_hold_is_shown_without_its_secrets()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Nats:Authorization:Users:0:User"] = "ann",
            ["Nats:Authorization:Users:0:Password"] = "canary",
            ["Nats:Authorization:Users:0:Permissions:Publish:Allow:0"] = "orders.>",
            ["Nats:Console:Users:0:Name"] = "carla",
            ["Nats:Console:Users:0:Password"] = "canary",
            ["Nats:NoSuchOption"] = "canary",
        }).Build();

        IReadOnlyList<EffectiveOption> all = EffectiveOption.All(configuration, new NatsBrokerOptions());

        Assert.Equal("ann", Value("Nats:Authorization:Users:0:User"));
        Assert.Equal("orders.>", Value("Nats:Authorization:Users:0:Permissions:Publish:Allow:0"));
        Assert.Equal("carla", Value("Nats:Console:Users:0:Name"));
        Assert.NotEqual("", Value("Nats:Authorization:Users:0:Password"));
        Assert.All(all, option => Assert.DoesNotContain("canary", option.ToString(), StringComparison.Ordinal));
        Assert.Equal(all.OrderBy(option => option.Key, StringComparer.Ordinal), all);

        string Value(string key) => all.Single(option => option.Key == key).Value;
    }
}
