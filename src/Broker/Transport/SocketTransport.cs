using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Transport;

/// <summary>The transport under the broker's own Kestrel server: sockets tuned for messaging.</summary>
internal sealed class SocketTransport : IConnectionListenerFactory, IDisposable
{
    private readonly BlockPool _pool;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentBag<SocketListener> _listeners = [];
    private readonly Lazy<SocketLoop[]> _loops;
    private int _next;

    public SocketTransport(BlockPool pool, NatsBrokerOptions options, TimeProvider time, ILogger<SocketTransport> logger)
    {
        _pool = pool;
        _time = time;
        _logger = logger;
        _loops = new Lazy<SocketLoop[]>(() => [.. Enumerable.Range(1, Environment.ProcessorCount).Select(number => new SocketLoop(number, options.BusyPoll, logger))]);
    }

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = new SocketListener(endpoint, SocketLoop.IsSupported ? OnALoop : OnTheRuntime, _pool, _time, _logger);
        _listeners.Add(listener);
        return new(listener);
    }

    /// <summary>Closes every listener and leaves the connections alone (lame duck).</summary>
    public async Task StopAcceptingAsync()
    {
        foreach (SocketListener listener in _listeners)
        {
            await listener.UnbindAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        if (_loops.IsValueCreated)
        {
            foreach (SocketLoop loop in _loops.Value)
            {
                loop.Dispose();
            }
        }
    }

    // One after the other: connections that talk much and those that do not mix well enough.
    private LoopSignals OnALoop(Socket socket)
    {
        SocketLoop[] loops = _loops.Value;
        return new LoopSignals(socket, loops[(uint)Interlocked.Increment(ref _next) % loops.Length]);
    }

    private static RuntimeSignals OnTheRuntime(Socket socket) => new(socket);
}
