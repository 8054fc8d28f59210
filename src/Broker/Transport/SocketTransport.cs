using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Transport;

/// <summary>The transport under the broker's own Kestrel server: sockets tuned for messaging.</summary>
internal sealed class SocketTransport(BlockPool pool, TimeProvider time, ILogger<SocketTransport> logger) : IConnectionListenerFactory
{
    private readonly ConcurrentBag<SocketListener> _listeners = [];

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = new SocketListener(endpoint, pool, time, logger);
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
}
