using System.Net;
using System.Net.Sockets;
using NatsKestrel.Broker.Transport;
using Xunit;

namespace NatsKestrel.Broker.Tests.Transport;

public class SocketConnectionAddressTests
{
    [Fact]
    public async Task An_IPv4_peer_of_a_listener_for_both_families_has_an_IPv4_address()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port, TestContext.Current.CancellationToken);

        Socket accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        await using var connection = new SocketConnection(accepted, new RuntimeSignals(accepted), new BlockPool(guards: true));

        Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(client.RemoteEndPoint, connection.LocalEndPoint);
    }
}
