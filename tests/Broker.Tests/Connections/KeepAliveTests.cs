using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public class KeepAliveTests
{
    private const int PingTimerLine = 1010;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(2);

    // Two seconds, up to a fifth more, and the precision of the timer wheel.
    private static readonly TimeSpan FirstPing = TimeSpan.FromSeconds(2.4) + TimerWheel.Tick;

    [Fact]
    [Trait("Safety", "TIME-3")]
    public async Task The_first_ping_comes_a_little_over_two_seconds_after_connect_however_busy_the_client_is()
    {
        await using var broker = new TestBroker();
        for (int i = 1; i <= 20; i++)
        {
            TestClient client = await broker.ConnectAsync();

            broker.Advance(TimeSpan.FromSeconds(1.9));
            await client.RoundTripAsync();
            Assert.Equal(i - 1, Pings(broker));
            broker.Advance(FirstPing - TimeSpan.FromSeconds(1.9));

            Assert.Equal(i, Pings(broker));
            Assert.Equal("PING\r\n", await client.ReadLineAsync());
        }
    }

    [Fact]
    [Trait("Safety", "TIME-1")]
    public async Task A_client_that_answers_nothing_is_closed_at_the_third_ping()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();

        broker.Advance(FirstPing + Interval + TimerWheel.Tick);
        Assert.False(client.Connection.IsClosing);
        broker.Advance(Interval + TimerWheel.Tick);

        Assert.Equal("PING\r\nPING\r\n-ERR 'Stale Connection'\r\n", await client.ReadToEndAsync());
        Assert.Equal(CloseReason.StaleConnection, await client.EndedAsync());
        Assert.Equal(1, broker.Registry.Totals().StaleConnections);
    }

    [Fact]
    [Trait("Safety", "TIME-1")]
    public async Task A_client_that_never_says_connect_is_closed_after_three_intervals()
    {
        await using var broker = new TestBroker();
        TestClient client = broker.Accept();

        broker.Advance((3 * Interval) + (3 * TimerWheel.Tick));

        Assert.Equal(CloseReason.StaleConnection, await client.EndedAsync());
    }

    [Fact]
    [Trait("Safety", "TIME-1")]
    public async Task An_active_client_gets_no_ping_but_one_an_hour()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();
        broker.Advance(FirstPing);

        for (int minute = 1; minute < 60; minute++)
        {
            await client.SendAsync("PUB a 0\r\n\r\n");
            broker.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, Pings(broker));
        for (int minute = 1; minute <= 4; minute++)
        {
            await client.SendAsync("PUB a 0\r\n\r\n");
            broker.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(2, Pings(broker));
        Assert.False(client.Connection.IsClosing);
    }

    [Fact]
    [Trait("Safety", "TIME-1")]
    public async Task A_client_that_says_nothing_but_pong_gets_a_ping_every_interval()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();
        broker.Advance(FirstPing);

        for (int pings = 1; pings <= 5; pings++)
        {
            Assert.Equal(pings, Pings(broker));
            await client.SendAsync("PONG\r\n");
            broker.Advance(Interval + TimerWheel.Tick);
        }

        Assert.False(client.Connection.IsClosing);
    }

    [Fact]
    [Trait("Safety", "TIME-1")]
    public async Task Bytes_of_an_unfinished_operation_are_no_sign_of_life()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();
        await client.SendAsync("PUB a 1000000\r\n");

        for (TimeSpan sent = TimeSpan.Zero; sent < FirstPing + (2 * Interval) + (2 * TimerWheel.Tick); sent += TimeSpan.FromSeconds(10))
        {
            Assert.False(client.Connection.IsClosing);
            await client.SendAsync("x");
            broker.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(CloseReason.StaleConnection, await client.EndedAsync());
    }

    [Fact]
    public async Task The_round_trip_is_measured_from_the_handshake_first_and_then_by_each_pong()
    {
        await using var broker = new TestBroker();
        TestClient client = broker.Accept();
        broker.Advance(TimeSpan.FromMilliseconds(30));
        await client.SendAsync("CONNECT {\"verbose\":false}\r\n");
        Assert.Equal(TimeSpan.FromMilliseconds(30), client.Connection.Snapshot().RoundTrip);

        while (Pings(broker) == 0)
        {
            broker.Advance(TimerWheel.Tick);
        }

        broker.Time.Advance(TimeSpan.FromMilliseconds(7));
        await client.SendAsync("PONG\r\n");

        Assert.Equal(TimeSpan.FromMilliseconds(7), client.Connection.Snapshot().RoundTrip);
    }

    private static int Pings(TestBroker broker) => broker.Log.Find(PingTimerLine).Length;
}
