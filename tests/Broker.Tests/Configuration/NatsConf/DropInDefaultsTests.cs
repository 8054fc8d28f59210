using NatsKestrel.Broker.Configuration.NatsConf;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

public sealed class DropInDefaultsTests
{
    [Fact]
    public void They_are_nats_servers()
    {
        var defaults = DropInDefaults.For(ConfText.Check("port: 4222")).ToDictionary();

        Assert.Equal("0.0.0.0", defaults["Nats:Host"]);
        Assert.Equal("0", defaults["Nats:Limits:MaxSubscriptionTokens"]);
        Assert.Equal("*", defaults["Nats:Monitoring:Cors"]);
        Assert.Equal(defaults, DropInDefaults.For(null).ToDictionary());
    }

    [Fact]
    public void A_strict_file_keeps_this_servers_own()
    {
        Assert.Empty(DropInDefaults.For(ConfText.Check("strict: true")));
        Assert.NotEmpty(DropInDefaults.For(ConfText.Check("strict: false")));
    }
}
