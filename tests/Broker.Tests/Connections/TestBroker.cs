using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Broker.Transport.Tls;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

/// <summary>What connections live by, with a clock that the test moves and a pool that finds misused blocks; no ports.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly List<TestClient> _clients = [];

    /// <param name="configure">Changes the settings.</param>
    /// <param name="guards">False where allocations are counted: the pool's guards make some.</param>
    /// <param name="options">Sets who may log in.</param>
    /// <param name="deciders">Who is asked before.</param>
    public TestBroker(
        Func<ConnectionSettings, ConnectionSettings>? configure = null,
        bool guards = true,
        NatsBrokerOptions? options = null,
        IEnumerable<IClientAuthenticator>? deciders = null)
    {
        Blocks = new UserBlocks(Time);
        Pool = new BlockPool(guards);
        options ??= new NatsBrokerOptions { NoSystemAccount = true }; // nobody serves it here
        ConnectionSettings settings = ConnectionSettings.From(options, maxConnections: 1000, maxPendingTotal: 1L << 40);
        var live = new LiveSettings(configure?.Invoke(settings) ?? settings);
        Live = live;
        Wheel = new TimerWheel(Time, Log.For<TimerWheel>());
        Registry = new ConnectionRegistry(live);
        SlowConsumers = new SlowConsumers(live, Wheel, Pool, Time, Log.For<SlowConsumers>());
        var accounts = new AccountDirectory(options, Time);
        Workers = new BcryptWorkers();
        var authenticator = new Authenticator(
            new LoginDirectory(options, accounts, Time), new PasswordChecks(Workers, Time), new LoginThrottle(Time), Blocks, deciders ?? [], accounts, Log.For<Authenticator>());
        var identity = new ServerIdentity("test", Time);
        var info = new InfoSource(identity, live, options, accounts, authenticator);
        Access = new AccessControl(accounts, authenticator, Registry, options, Wheel, Time, Log.For<AccessControl>());
        Services = new ConnectionServices(
            live, accounts, authenticator, Registry, SlowConsumers, info, new ServerDescriber(identity, info, Time), Wheel, Pool, new TlsContextSource(options), Time, Log.For<ClientConnection>());
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public UserBlocks Blocks { get; }

    public LiveSettings Live { get; }

    public BlockPool Pool { get; }

    public LogRecorder Log { get; } = new();

    public BcryptWorkers Workers { get; }

    public TimerWheel Wheel { get; }

    public ConnectionRegistry Registry { get; }

    public SlowConsumers SlowConsumers { get; }

    public ConnectionServices Services { get; }

    /// <summary>Changes who may do what.</summary>
    public AccessControl Access { get; }

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

    /// <summary>Lets a client in that shows a user's JWT; the answer is unread.</summary>
    /// <param name="signer">Who signs the nonce; null for nobody.</param>
    /// <param name="jwt">The JWT.</param>
    public async Task<TestClient> LogInAsync(TestNkey? signer, string jwt)
    {
        TestClient client = Accept();
        using var info = JsonDocument.Parse((await client.ReadLineAsync())[5..]);
        string signature = signer?.Sign(info.RootElement.GetProperty("nonce").GetString()!) ?? "";
        await client.SendAsync($$"""CONNECT {"verbose":false,"pedantic":false,"jwt":"{{jwt}}","sig":"{{signature}}"}{{"\r\n"}}""");
        return client;
    }

    /// <summary>Moves the clock, tick by tick of the timer wheel.</summary>
    public void Advance(TimeSpan time)
    {
        for (TimeSpan left = time; left > TimeSpan.Zero; left -= TimerWheel.Tick)
        {
            Time.Advance(left < TimerWheel.Tick ? left : TimerWheel.Tick);
        }
    }

    /// <summary>Moves the clock until something has happened, giving other threads a chance between ticks.</summary>
    public async Task AdvanceUntilAsync(Func<bool> hasHappened)
    {
        long start = Stopwatch.GetTimestamp();
        while (!hasHappened())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < RawClient.Patience, "It did not happen.");
            Time.Advance(TimerWheel.Tick);
            await Task.Yield();
        }
    }

    /// <summary>Waits until every block and shared body was given back: a write that was under way ends on a thread of its own.</summary>
    /// <param name="bodies">What <see cref="SharedBody.LivingBytes"/> was before; only for tests that run alone with shared bodies.</param>
    public void WaitUntilNothingIsLent(long? bodies = null) => Assert.True(
        SpinWait.SpinUntil(() => Pool.LentBytes == 0 && SharedBody.LivingBytes == (bodies ?? SharedBody.LivingBytes), RawClient.Patience),
        "Something is still lent.");

    /// <summary>No longer holds a client, so that it can be collected.</summary>
    public void Forget(TestClient client) => _clients.Remove(client);

    /// <summary>Ends every connection; after that nothing is lent any more.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (TestClient client in _clients)
        {
            client.Connection.Close(CloseReason.ServerShutdown);
            await client.HangUpAsync();
        }

        Wheel.Dispose();
        Workers.Dispose();
    }
}
