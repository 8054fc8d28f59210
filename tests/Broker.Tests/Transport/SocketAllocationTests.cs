using System.Net;
using System.Net.Sockets;
using System.Text;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Transport;

[Collection(nameof(SocketAllocationTests))]
[CollectionDefinition(nameof(SocketAllocationTests), DisableParallelization = true)]
public class SocketAllocationTests
{
    private const int WarmUp = 10_000;
    private const int Requests = 5_000;

    /// <summary>What the whole process allocates, since the broker's own threads do the work: its timers and the runner's too.</summary>
    [Fact]
    public async Task A_request_and_its_reply_through_sockets_allocate_nothing()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        using Socket requester = Connect(broker.ClientUri.Port, "SUB reply 1\r\n");
        using Socket responder = Connect(broker.ClientUri.Port, "SUB request 1\r\n");
        byte[] request = Encoding.ASCII.GetBytes("PUB request reply 4\r\nping\r\n");
        byte[] reply = Encoding.ASCII.GetBytes("PUB reply 4\r\npong\r\n");
        byte[] received = new byte[256];
        Run(WarmUp);

        // The compiler works beside it in its own time: what a request cannot do without shows in the best of a few.
        double least = double.MaxValue;
        for (int run = 0; run < 3; run++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Run(Requests);
            least = Math.Min(least, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Requests);
        }

        Assert.InRange(least, 0, 4);

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                requester.Send(request);
                Receive(responder, received, "MSG request 1 reply 4\r\nping\r\n".Length);
                responder.Send(reply);
                Receive(requester, received, "MSG reply 1 4\r\npong\r\n".Length);
            }
        }
    }

    private static Socket Connect(int port, string subscribe)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        socket.Send(Encoding.ASCII.GetBytes($"CONNECT {{\"verbose\":false}}\r\n{subscribe}PING\r\n"));
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!text.ToString().EndsWith("PONG\r\n", StringComparison.Ordinal))
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)));
        }

        return socket;
    }

    private static void Receive(Socket socket, byte[] buffer, int length)
    {
        for (int received = 0; received < length;)
        {
            received += socket.Receive(buffer);
        }
    }
}
