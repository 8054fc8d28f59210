using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests;

/// <summary>The broker as part of an ASP.NET Core application: what <c>AddNatsBroker</c> promises its caller.</summary>
public sealed class EmbeddedBrokerTests
{
    [Fact]
    public async Task Two_brokers_in_one_process_do_not_share_subjects()
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);
        await using var first = await BrokerFixture.StartAsync();
        await using var second = await BrokerFixture.StartAsync();
        await using var subscriber = await RawConnection.OpenAsync(first.ClientUri);
        await using var stranger = await RawConnection.OpenAsync(second.ClientUri);
        await subscriber.SendAsync("SUB news 1\r\n");
        await subscriber.FlushAsync();

        await stranger.SendAsync("PUB news 5\r\nother\r\n");
        await stranger.FlushAsync();
        await subscriber.SendAsync("PUB news 3\r\nown\r\n");

        Assert.Equal("MSG news 1 3", await subscriber.ReadLineAsync());
    }

    [Fact]
    public async Task A_broker_starts_again_on_the_port_it_had()
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);
        await using var broker = await BrokerFixture.StartAsync();
        Uri before = broker.ClientUri;
        await using var old = await RawConnection.OpenAsync(before);

        await broker.RestartAsync();

        Assert.Null(await old.ReadLineAsync());
        Assert.Equal(before, broker.ClientUri);
        await using var client = await RawConnection.OpenAsync(before);
    }

    [Fact]
    public async Task The_applications_own_HTTP_address_is_kept()
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);
        await using var broker = await BrokerFixture.StartAsync(options => options.Limits.MaxPayload = 1000);
        using var http = new HttpClient();

        string varz = await http.GetStringAsync(new Uri(broker.HttpUri, "/varz"), TestContext.Current.CancellationToken);

        Assert.NotEqual(broker.ClientUri.Port, broker.HttpUri.Port);
        Assert.Contains("\"max_payload\": 1000", varz, StringComparison.Ordinal);
    }
}
