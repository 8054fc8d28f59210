using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public class ClientListenerStopTests
{
    [Fact]
    [Trait("Safety", "STOP-1")]
    public async Task A_connection_that_nobody_has_closed_holds_the_stop_up_for_a_second_only()
    {
        await using var broker = new TestBroker();
        await using ServiceProvider services = new ServiceCollection().AddSingleton(new ClientConnectionHandler(broker.Services)).BuildServiceProvider();
        var transport = new SocketTransport(broker.Pool, new NatsBrokerOptions(), TimeProvider.System, NullLogger<SocketTransport>.Instance);
        using var listener = new ClientListener(transport, services, NullLoggerFactory.Instance);
        IPEndPoint endPoint = await listener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), maxConnections: 10, TestContext.Current.CancellationToken);
        await using RawClient client = await RawClient.ConnectAsync("127.0.0.1", endPoint.Port, TestContext.Current.CancellationToken);
        await client.ReadLineAsync(TestContext.Current.CancellationToken);

        await listener.StopAsync(CancellationToken.None).WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(0, broker.Pool.LentBytes);
    }
}
