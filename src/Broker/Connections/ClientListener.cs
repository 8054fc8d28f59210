using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.Broker.Connections;

/// <summary>The broker's own Kestrel server, for its raw ports.</summary>
/// <remarks>A second server, because a port added to the application's own would silently drop the URLs it was configured with.</remarks>
internal sealed class ClientListener(SocketTransport transport, IServiceProvider services, ILoggerFactory loggers) : IDisposable
{
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(1);

    private KestrelServer? _server;

    /// <summary>Starts listening.</summary>
    /// <param name="endPoint">Port 0 takes a free one.</param>
    /// <param name="maxConnections">Connections that Kestrel lets in; those above the broker's own limit are told so by the broker.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <returns>The address with the real port.</returns>
    /// <exception cref="IOException">The port is in use, or may not be bound.</exception>
    public async Task<IPEndPoint> StartAsync(IPEndPoint endPoint, int maxConnections, CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = maxConnections;
        ListenOptions? listen = null;
        options.Listen(endPoint, configured =>
        {
            listen = configured;
            configured.UseConnectionHandler<ClientConnectionHandler>();
        });
        _server = new KestrelServer(Options.Create(options), transport, loggers);
        await _server.StartAsync(new NoHttp(), cancellationToken).ConfigureAwait(false);
        return listen!.IPEndPoint!;
    }

    /// <summary>Takes no new connections any more; those that are open stay.</summary>
    public Task StopAcceptingAsync() => transport.StopAcceptingAsync();

    /// <summary>Stops for good. The connections have been ended before; any that came in since are aborted after a second.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _server is null ? Task.CompletedTask : StopAsync(_server, cancellationToken);

    /// <summary>Stops a server whose connections have been ended before; any that came in since are aborted after a second.</summary>
    public static async Task StopAsync(KestrelServer server, CancellationToken cancellationToken)
    {
        // Kestrel would wait for them as long as it is let: the host's half a minute.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LastPatience);
        await server.StopAsync(patience.Token).ConfigureAwait(false);
    }

    public void Dispose() => _server?.Dispose();

    /// <summary>Kestrel wants an HTTP application; no connection ever reaches it.</summary>
    private sealed class NoHttp : IHttpApplication<object>
    {
        public object CreateContext(IFeatureCollection contextFeatures) => throw new NotSupportedException();

        public Task ProcessRequestAsync(object context) => throw new NotSupportedException();

        public void DisposeContext(object context, Exception? exception)
        {
        }
    }
}
