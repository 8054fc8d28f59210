using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public class LameDuckTests
{
    private readonly ServerHealth _health = new() { IsListening = true };

    [Fact]
    [Trait("Safety", "STOP-2")]
    public async Task Clients_are_told_have_their_grace_and_are_closed_one_after_the_other()
    {
        await using var broker = new TestBroker();
        var clients = new List<TestClient>();
        for (int i = 0; i < 8; i++)
        {
            clients.Add(await broker.ConnectAsync(",\"protocol\":1"));
            await clients[i].ReadLineAsync();
        }

        TestClient old = await broker.ConnectAsync();
        Task<bool> leaving = Make(broker).RunAsync(CancellationToken.None);
        foreach (TestClient client in clients)
        {
            Assert.Contains("\"ldm\":true", await client.ReadLineAsync(), StringComparison.Ordinal);
        }

        broker.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(9, broker.Registry.Count);
        Assert.Equal("", await old.RoundTripAsync());
        Assert.Equal((false, true), (_health.IsListening, _health.IsLameDuck));

        DateTimeOffset last = broker.Time.GetUtcNow();
        for (int closed = 1; closed <= 9; closed++)
        {
            await broker.AdvanceUntilAsync(() => clients.Append(old).Count(client => client.Connection.IsClosing) >= closed);

            // A gap is half a second to one, and the test's clock goes on while the goodbye is on its way.
            Assert.InRange(broker.Time.GetUtcNow() - last, TimeSpan.Zero, TimeSpan.FromSeconds(3));
            last = broker.Time.GetUtcNow();
        }

        await broker.AdvanceUntilAsync(() => leaving.IsCompleted);
        Assert.True(await leaving);
        foreach (TestClient client in clients)
        {
            Assert.Equal(CloseReason.ServerShutdown, await client.EndedAsync());
            Assert.DoesNotContain("-ERR", await client.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Safety", "STOP-2")]
    public async Task Thousands_of_clients_are_gone_within_the_duration()
    {
        await using var broker = new TestBroker(settings => settings with { MaxConnections = 5000 });
        for (int i = 0; i < 3000; i++)
        {
            broker.Accept();
        }

        DateTimeOffset start = broker.Time.GetUtcNow();
        Task<bool> leaving = Make(broker).RunAsync(CancellationToken.None);
        await broker.AdvanceUntilAsync(() => leaving.IsCompleted);

        // Three quarters of 110 seconds on average, after ten of grace; the ticks of the test's clock come on top.
        Assert.InRange(broker.Time.GetUtcNow() - start, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(240));
    }

    [Fact]
    [Trait("Safety", "STOP-3")]
    public async Task A_second_call_does_nothing_and_says_so()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync(",\"protocol\":1");
        await client.ReadLineAsync();
        LameDuck lameDuck = Make(broker);
        Task<bool> leaving = lameDuck.RunAsync(CancellationToken.None);
        await client.ReadLineAsync();

        Assert.False(await lameDuck.RunAsync(CancellationToken.None));

        Assert.Equal("", await client.RoundTripAsync());
        await broker.AdvanceUntilAsync(() => leaving.IsCompleted);
    }

    [Fact]
    [Trait("Safety", "STOP-2")]
    public async Task Without_clients_there_is_nothing_to_wait_for()
    {
        await using var broker = new TestBroker();

        Assert.True(await Make(broker).RunAsync(CancellationToken.None).WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken));
    }

    private LameDuck Make(TestBroker broker)
    {
        var transport = new SocketTransport(broker.Pool, new NatsBrokerOptions(), broker.Time, NullLogger<SocketTransport>.Instance);
        var listener = new ClientListener(transport, new ServiceCollection().BuildServiceProvider(), NullLoggerFactory.Instance);
        return new LameDuck(broker.Registry, listener, _health, new NatsBrokerOptions(), broker.Time, broker.Log.For<LameDuck>());
    }
}
