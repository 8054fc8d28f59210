using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Configuration.NatsConf;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>The port of WebSocket clients: a Kestrel server of the broker's own, on which every path is a door.</summary>
internal sealed class WebSocketListener(
    NatsBrokerOptions options,
    DescriptorBudget descriptors,
    WebSocketDoor door,
    WebSocketPort port,
    ConnectionServices connections,
    SocketTransport transport,
    IConfiguration configuration,
    IServiceProvider services,
    ILoggerFactory loggers) : IHostedService, IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<WebSocketListener>();
    private KestrelServer? _server;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        NatsWebSocketOptions webSocket = options.WebSocket;
        if (webSocket.Port < 0)
        {
            return;
        }

        port.EndPoint = await ListenAsync(webSocket, cancellationToken).ConfigureAwait(false);
        port.IsSecure = IsSecure;
        _logger.Listening(port.Uri!);

        // Who has a nats.conf knows the line from nats-server, whatever the address.
        if (!IsSecure && (!IPAddress.IsLoopback(port.EndPoint.Address) || configuration.FindNatsConf() is not null))
        {
            _logger.NotSecure();
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // The clients were told to go when the application began to stop.
        if (_server is not null)
        {
            await ClientListener.StopAsync(_server, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _server?.Dispose();

    private bool IsSecure => connections.Tls.WebSocket is not null;

    private async Task<IPEndPoint> ListenAsync(NatsWebSocketOptions webSocket, CancellationToken cancellationToken)
    {
        if (!ListenAddress.TryParse(webSocket.Host, out IPAddress? address))
        {
            throw new ServerStartException($"Cannot listen on {webSocket.Host}: it is no address.");
        }

        var kestrel = new KestrelServerOptions { ApplicationServices = services };
        HttpHardening.Limit(kestrel, options.Http, descriptors);
        kestrel.Limits.MaxConcurrentConnections = descriptors.ListenerMaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = descriptors.ListenerMaxConnections;
        kestrel.Limits.RequestHeadersTimeout = HttpHardening.HeadersTimeout(webSocket.HandshakeTimeout);
        ListenOptions? listen = null;
        kestrel.Listen(new IPEndPoint(address, webSocket.Port), configured =>
        {
            listen = configured;
            configured.Protocols = HttpProtocols.Http1;
            if (IsSecure)
            {
                var tls = new WebSocketTls(connections, _logger);
                configured.Use(next => connection => tls.ServeAsync(connection, next));
            }

            configured.Use(next => connection =>
            {
                connection.Features.Set<IConnectionTransportFeature>(new TransportOf(connection));
                return next(connection);
            });
        });
        _server = new KestrelServer(Options.Create(kestrel), transport, loggers);
        try
        {
            await _server.StartAsync(new DoorApplication(door), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            throw ServerStartException.CannotListen(webSocket.Host, webSocket.Port, exception, "Nats:WebSocket");
        }

        return listen!.IPEndPoint!;
    }

    /// <summary>Shows HTTP's handlers the transport below it.</summary>
    private sealed class TransportOf(ConnectionContext connection) : IConnectionTransportFeature
    {
        public System.IO.Pipelines.IDuplexPipe Transport { get => connection.Transport; set => connection.Transport = value; }
    }

    /// <summary>The HTTP application of this port: the door, whatever is asked for.</summary>
    private sealed class DoorApplication(WebSocketDoor door) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => door.ServeAsync(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
