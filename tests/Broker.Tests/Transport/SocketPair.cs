using System.Net;
using System.Net.Sockets;

namespace NatsKestrel.Broker.Tests.Transport;

/// <summary>Two sockets connected over loopback: the server's end as the listener prepares it, the client's end blocking.</summary>
internal sealed class SocketPair : IDisposable
{
    private SocketPair(Socket server, Socket client)
    {
        Server = server;
        Client = client;
    }

    public Socket Server { get; }

    public Socket Client { get; }

    public static async Task<SocketPair> CreateAsync(int bufferSize = 0)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (bufferSize > 0)
        {
            client.ReceiveBufferSize = bufferSize;
        }

        await client.ConnectAsync(listener.LocalEndPoint!);
        Socket server = await listener.AcceptAsync();
        server.NoDelay = true;
        server.Blocking = false;
        if (bufferSize > 0)
        {
            server.SendBufferSize = bufferSize;
        }

        return new SocketPair(server, client);
    }

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
    }
}
