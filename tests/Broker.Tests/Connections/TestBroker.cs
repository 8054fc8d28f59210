using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Testing;

namespace NatsKestrel.Broker.Tests.Connections;

/// <summary>What connections live by, with a clock that the test moves and a pool that finds misused blocks; no ports.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly List<TestClient> _clients = [];

    public TestBroker(Func<ConnectionSettings, ConnectionSettings>? configure = null)
    {
        var options = new NatsBrokerOptions();
        ConnectionSettings settings = ConnectionSettings.From(options, maxConnections: 1000, maxPendingTotal: 1L << 40);
        settings = configure?.Invoke(settings) ?? settings;
        Wheel = new TimerWheel(Time, Log.For<TimerWheel>());
        Registry = new ConnectionRegistry(settings);
        SlowConsumers = new SlowConsumers(settings, Wheel, Pool, Time, Log.For<SlowConsumers>());
        var info = new InfoSource(new ServerIdentity("test", Time), settings, options);
        Services = new ConnectionServices(
            settings, new AccountDirectory(options), Registry, SlowConsumers, info, Wheel, Pool, Time, Log.For<ClientConnection>());
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public BlockPool Pool { get; } = new(guards: true);

    public LogRecorder Log { get; } = new();

    public TimerWheel Wheel { get; }

    public ConnectionRegistry Registry { get; }

    public SlowConsumers SlowConsumers { get; }

    public ConnectionServices Services { get; }

    /// <summary>The account that everybody is in.</summary>
    public Account Account => Services.Accounts.Global;

    /// <summary>Lets a client in; its INFO has not been read yet.</summary>
    /// <param name="clientRoom">Bytes that go to it before writes have to wait; 0 for no bound.</param>
    public TestClient Accept(long clientRoom = 0) => Accept(new InMemoryConnection(clientRoom));

    /// <inheritdoc cref="Accept(long)"/>
    public TestClient Accept(InMemoryConnection transport)
    {
        var client = new TestClient(transport, new ClientConnection(Registry.NextId(), "nats", transport, Services));
        _clients.Add(client);
        client.Serve();
        return client;
    }

    /// <summary>Lets a client in and takes it through its handshake.</summary>
    /// <param name="options">What it says in CONNECT beside <c>verbose:false,pedantic:false</c>, with a leading comma.</param>
    /// <param name="clientRoom">Bytes that go to it before writes have to wait; 0 for no bound.</param>
    public async Task<TestClient> ConnectAsync(string options = "", long clientRoom = 0)
    {
        TestClient client = Accept(clientRoom);
        await client.ReadLineAsync();
        await client.SendAsync($$"""CONNECT {"verbose":false,"pedantic":false{{options}}}{{"\r\n"}}""");
        await client.RoundTripAsync();
        return client;
    }

    /// <summary>Ends every connection; after that nothing is lent any more.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (TestClient client in _clients)
        {
            client.Connection.Close(CloseReason.ServerShutdown);
            await client.HangUpAsync();
        }

        Wheel.Dispose();
    }
}
