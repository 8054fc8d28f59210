using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Broker.Tests;

public sealed class ReloadTextsTests
{
    [Theory]
    [InlineData("Nats:Limits:MaxPayload", "Reloaded: max_payload = 2097152")]
    [InlineData("Nats:KeepAlive:PingInterval", "Reloaded: ping_interval = 1m0s")]
    [InlineData("Nats:SlowConsumers:WriteDeadline", "Reloaded: write_deadline = 1.5s")]
    [InlineData("Nats:Logging:Debug", "Reloaded: debug = true")]
    [InlineData("Nats:ClientAdvertise", "Reload: client_advertise = 1.2.3.4:99")]
    [InlineData("Nats:SlowConsumers:NoFastProducerStall", "Reloaded: fast producers will not be stalled")]
    [InlineData("Nats:Authorization:Token", null)]
    public void What_was_applied_is_said_as_nats_server_says_it(string key, string? line)
    {
        var next = new NatsBrokerOptions { ClientAdvertise = "1.2.3.4:99" };
        next.Limits.MaxPayload = 2097152;
        next.KeepAlive.PingInterval = TimeSpan.FromMinutes(1);
        next.SlowConsumers.WriteDeadline = TimeSpan.FromSeconds(1.5);
        next.SlowConsumers.NoFastProducerStall = true;
        next.Logging.Debug = true;

        Assert.Equal(line, ReloadTexts.Line(key, next));
    }

    [Theory]
    [InlineData("Nats:Limits:MaxPending", "config reload not supported for MaxPending: old=67108864, new=33554432")]
    [InlineData("Nats:LameDuck:Duration", "config reload not supported for LameDuckDuration: old=2m0s, new=1h0m30s")]
    [InlineData("Nats:Authorization:Token", "config reload not supported for Nats:Authorization:Token")]
    public void What_refuses_a_reload_is_named_and_no_secret_is(string key, string text)
    {
        var next = new NatsBrokerOptions();
        next.Limits.MaxPending = 33554432;
        next.LameDuck.Duration = new TimeSpan(1, 0, 30);
        next.Authorization.Token = "canary";

        Assert.Equal(text, ReloadTexts.NotSupported(key, new ReloadChange(new NatsBrokerOptions(), next, new HashSet<string> { key })));
    }
}
