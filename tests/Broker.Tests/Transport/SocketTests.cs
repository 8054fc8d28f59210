using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NatsKestrel.Broker.Transport;
using Xunit;

namespace NatsKestrel.Broker.Tests.Transport;

/// <summary>Run for the event loop and for the runtime's sockets: they must not differ.</summary>
public abstract class SocketTests : IDisposable
{
    private readonly SocketLoop? _loop;

    /// <param name="busyPoll">Of the event loop; null for the runtime's sockets.</param>
    private protected SocketTests(TimeSpan? busyPoll) => _loop = busyPoll is { } time ? new SocketLoop(1, time, NullLogger.Instance) : null;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected BlockPool Pool { get; } = new(guards: true);

    public void Dispose()
    {
        _loop?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected SocketSignals Signals(Socket socket) => _loop is null ? new RuntimeSignals(socket) : new LoopSignals(socket, _loop);
}
