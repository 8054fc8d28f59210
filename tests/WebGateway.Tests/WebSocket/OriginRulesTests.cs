using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.WebGateway.WebSocket;
using Xunit;

namespace NatsKestrel.WebGateway.Tests.WebSocket;

/// <summary>Which pages may connect.</summary>
[Trait("Safety", "WS-1")]
public sealed class OriginRulesTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("http://localhost", true)]
    [InlineData("http://127.0.0.1:8222", true)]
    [InlineData("https://[::1]:3000", true)]
    [InlineData("null", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("http://evil.example:9222", false)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("file://", false)]
    public void By_default_a_loopback_port_takes_pages_of_this_machine(string origin, bool isAllowed)
    {
        Assert.Equal(isAllowed, Allows(new(), origin, host: "evil.example:9222", IPAddress.Loopback));
    }

    [Theory]
    [InlineData("http://192.0.2.1:9222", "192.0.2.1:9222", true)]
    [InlineData("http://192.0.2.1", "192.0.2.1:9222", false)]
    [InlineData("https://192.0.2.1:9222", "192.0.2.1:9222", false)]
    [InlineData("http://known.example:9222", "known.example:9222", true)]
    [InlineData("http://rebound.example:9222", "rebound.example:9222", false)]
    [InlineData("http://localhost:9222", "192.0.2.1:9222", false)]
    public void By_default_an_open_port_takes_pages_from_this_very_address(string origin, string host, bool isAllowed)
    {
        Assert.Equal(isAllowed, Allows(new(), origin, host, IPAddress.Parse("192.0.2.1")));
    }

    [Theory]
    [InlineData("https://app.example", true)]
    [InlineData("https://APP.example:443", true)]
    [InlineData("http://app.example", false)]
    [InlineData("https://app.example:444", false)]
    [InlineData("null", false)]
    [InlineData("", true)]
    public void Allowed_origins_alone_decide_where_they_are_set(string origin, bool isAllowed)
    {
        Assert.Equal(isAllowed, Allows(new() { AllowedOrigins = { "https://app.example" } }, origin, "127.0.0.1:9222", IPAddress.Loopback));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9222", true)]
    [InlineData("http://localhost:9222", false)]
    [InlineData("null", false)]
    public void Same_origin_compares_scheme_host_and_port(string origin, bool isAllowed)
    {
        Assert.Equal(isAllowed, Allows(new() { SameOrigin = true }, origin, "127.0.0.1:9222", IPAddress.Loopback));
    }

    [Fact]
    public void Where_both_are_set_both_must_hold()
    {
        var options = new NatsWebSocketOptions { SameOrigin = true, AllowedOrigins = { "https://app.example" } };

        Assert.False(Allows(options, "https://app.example", "127.0.0.1:9222", IPAddress.Loopback));
        Assert.False(Allows(options, "http://127.0.0.1:9222", "127.0.0.1:9222", IPAddress.Loopback));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public void The_switch_lets_every_page_in_as_the_reference_does(string origin)
    {
        Assert.True(Allows(new() { AnyOrigin = true }, origin, "127.0.0.1:9222", IPAddress.Loopback));
    }

    private static bool Allows(NatsWebSocketOptions options, string origin, string host, IPAddress local)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("AllowedHosts", "known.example")]).Build();
        var http = new DefaultHttpContext();
        http.Request.Scheme = "http";
        http.Request.Host = new HostString(host);
        http.Request.Headers.Origin = origin;
        http.Connection.LocalIpAddress = local;
        return new OriginRules(options, configuration).Allows(http);
    }
}
