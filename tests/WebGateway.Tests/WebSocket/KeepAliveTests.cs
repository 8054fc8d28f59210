using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.WebGateway.Tests.WebSocket;

/// <summary>How long a WebSocket may be silent.</summary>
[Trait("Safety", "WS-6")]
public sealed class KeepAliveTests
{
    [Fact]
    public async Task A_silent_websocket_is_asked_after_thirty_seconds_and_closed_when_it_does_not_answer()
    {
        var time = new FakeTimeProvider();
        await using GatewayFixture gateway = await GatewayFixture.StartAsync(build: builder => builder.Services.AddSingleton<TimeProvider>(time));
        await using RawWebSocket socket = await OpenAsync(gateway);

        Advance(time, TimeSpan.FromSeconds(31));
        string ping = await socket.ReadUntilAsync("PING\r\n");
        Advance(time, TimeSpan.FromSeconds(16));
        var (status, reason, before) = await socket.ReadCloseAsync();

        Assert.Equal("PING\r\n", ping);
        Assert.Equal((1001, "Stale Connection"), (status, reason));
        Assert.EndsWith("-ERR 'Stale Connection'\r\n", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_answers_stays_and_is_asked_again_when_it_has_been_silent_for_thirty_seconds_more()
    {
        var time = new FakeTimeProvider();
        await using GatewayFixture gateway = await GatewayFixture.StartAsync(build: builder => builder.Services.AddSingleton<TimeProvider>(time));
        await using RawWebSocket socket = await OpenAsync(gateway);

        Advance(time, TimeSpan.FromSeconds(31));
        await socket.ReadUntilAsync("PING\r\n");
        await socket.SendAsync("PONG\r\nPING\r\n"); // the second, so that it is known when the first has been read
        await socket.ReadUntilAsync("PONG\r\n");
        Advance(time, TimeSpan.FromSeconds(62));

        Assert.Equal("PING\r\n", await socket.ReadUntilAsync("\r\n"));
        Assert.False(Assert.Single(gateway.Registry.Open).IsClosing);
    }

    [Fact]
    public async Task Without_an_answer_time_it_is_the_number_of_pings_that_counts_as_in_the_reference()
    {
        var time = new FakeTimeProvider();
        await using GatewayFixture gateway = await GatewayFixture.StartAsync(
            options => (options.WebSocket.PingInterval, options.WebSocket.PingTimeout) = (TimeSpan.Zero, TimeSpan.Zero),
            builder => builder.Services.AddSingleton<TimeProvider>(time));
        await using RawWebSocket socket = await OpenAsync(gateway);

        Advance(time, TimeSpan.FromMinutes(6) + TimeSpan.FromSeconds(1));

        Assert.Equal((1001, "Stale Connection", "PING\r\nPING\r\n-ERR 'Stale Connection'\r\n"), await socket.ReadCloseAsync());
    }

    [Fact]
    public async Task Credentials_are_never_read_from_the_url()
    {
        await using GatewayFixture gateway = await GatewayFixture.StartAsync();
        await using RawWebSocket socket = await gateway.ConnectAsync(path: "/?user=joe&pass=secret&jwt=x");

        ClientDoor door = Assert.Single(gateway.Registry.Open).Door!;

        Assert.Equal(("", "", "", ""), (door.User, door.Password, door.Jwt, door.Token));
    }

    [Fact]
    public async Task Cookies_fill_in_what_CONNECT_leaves_out()
    {
        await using GatewayFixture gateway = await GatewayFixture.StartAsync(options =>
        {
            options.WebSocket.UserCookie = "u";
            options.WebSocket.PassCookie = "p";
            options.WebSocket.TokenCookie = "t";
        });
        await using RawWebSocket socket = await gateway.ConnectAsync("Cookie: u=joe; p=secret; other=x; t=token\r\n");

        ClientDoor door = Assert.Single(gateway.Registry.Open).Door!;
        var completed = door.Complete(new Broker.Protocol.ConnectOptions { User = "ann" });

        Assert.Equal(("joe", "secret", "token"), (door.User, door.Password, door.Token));
        Assert.Equal(("ann", "secret", "token"), (completed.User, completed.Pass, completed.AuthToken));
        Assert.DoesNotContain("secret", door.ToString(), StringComparison.Ordinal);
    }

    // Its time counts from a moment after its INFO: once it answers, it counts.
    private static async Task<RawWebSocket> OpenAsync(GatewayFixture gateway)
    {
        RawWebSocket socket = await gateway.OpenAsync();
        await socket.SendAsync("PING\r\n");
        await socket.ReadUntilAsync("PONG\r\n");
        return socket;
    }

    private static void Advance(FakeTimeProvider time, TimeSpan span)
    {
        for (TimeSpan left = span; left > TimeSpan.Zero; left -= TimerWheel.Tick)
        {
            time.Advance(TimerWheel.Tick);
        }
    }
}
