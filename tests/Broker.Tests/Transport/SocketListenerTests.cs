using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NatsKestrel.Broker.Transport;
using Xunit;

namespace NatsKestrel.Broker.Tests.Transport;

public sealed class SocketListenerTests
{
    private const string SystemLimit = "/proc/sys/net/core/somaxconn";
    private const int Crowd = 2000;

    [Fact]
    [Trait("Safety", "F-3")]
    public async Task A_crowd_that_comes_at_once_waits_to_be_accepted_and_is_not_turned_away()
    {
        Assert.SkipUnless(File.Exists(SystemLimit), "Only Linux says how many may wait.");
        int limit = int.Parse(File.ReadAllText(SystemLimit), CultureInfo.InvariantCulture);
        Assert.SkipUnless(limit >= Crowd, $"{SystemLimit} lets {limit} wait, and this needs {Crowd}.");
        await using var listener = new SocketListener(
            new IPEndPoint(IPAddress.Loopback, 0), static _ => throw new NotSupportedException(), new BlockPool(), TimeProvider.System, NullLogger.Instance);
        Socket[] crowd = [.. Enumerable.Range(0, Crowd).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp))];

        // Nobody accepts meanwhile: who found no room would try again, without end.
        await Task.WhenAll(crowd.Select(socket => socket.ConnectAsync(listener.EndPoint, TestContext.Current.CancellationToken).AsTask())).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.All(crowd, socket => Assert.True(socket.Connected));
        Array.ForEach(crowd, socket => socket.Dispose());
    }
}
