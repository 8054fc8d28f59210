using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Monitoring on a Kestrel server of its own, for the server without a web application: a table of paths in place of routing.</summary>
internal sealed class MonitoringListener : IHostedService, IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly KestrelServer _server;
    private readonly KestrelServerOptions _kestrel;

    public MonitoringListener(
        IConfiguration configuration, NatsBrokerOptions options, DescriptorBudget descriptors, IServiceProvider services, ILoggerFactory loggers, ILogger<NatsServer> logger)
    {
        _configuration = configuration;
        _services = services;
        _logger = logger;
        _kestrel = new KestrelServerOptions { ApplicationServices = services };
        HttpHardening.Limit(_kestrel, options.Http, descriptors);
        _server = new KestrelServer(
            Options.Create(_kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
    }

    /// <summary>The server, whose addresses are known once it has started.</summary>
    public IServer Server => _server;

    /// <summary>True where the settings ask for monitoring.</summary>
    public static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[WebHostDefaults.ServerUrlsKey]);

    /// <inheritdoc/>
    /// <exception cref="ServerStartException">The port cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var urls = _configuration[WebHostDefaults.ServerUrlsKey]!.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse).ToList();
        if (urls.Find(url => url.Scheme == "https") is { } secure)
        {
            throw new ServerStartException(urls.Find(url => url.Scheme == "http") is { } plain
                ? $"Can't start monitoring: can't specify both HTTP ({plain.Port}) and HTTPs ({secure.Port}) ports"
                : "Can't start monitoring: HTTPS is served by the full host only");
        }

        var listening = new List<ListenOptions>();
        foreach (BindingAddress url in urls)
        {
            _kestrel.Listen(Address(url), url.Port, listening.Add);
        }

        try
        {
            await _server.StartAsync(new Application(MonitoringEndpoints.ByPath(_services), AllowedHosts()), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            throw new ServerStartException($"Can't start monitoring: {GoErrors.Listen($"{urls[0].Host}:{urls[0].Port}", exception)}", exception);
        }

        foreach (ListenOptions listen in listening)
        {
            _logger.StartingMonitor("http", listen.IPEndPoint!.ToString());
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public void Dispose() => _server.Dispose();

    private static IPAddress Address(BindingAddress url) =>
        ListenAddress.TryParse(url.Host.Trim('[', ']'), out IPAddress? address) ? address
        : throw new ServerStartException($"Can't start monitoring: {url.Host} is no address");

    private List<string>? AllowedHosts() => _configuration["AllowedHosts"] == "*" ? null : HttpHardening.HostNames(_configuration);

    private sealed class Application(IReadOnlyDictionary<string, RequestDelegate> endpoints, List<string>? hosts) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context)
        {
            if (hosts is not null && !hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
            {
                return MonitoringAnswer.TextAsync(context, StatusCodes.Status400BadRequest, "Bad Request - Invalid Hostname");
            }

            if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            {
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                context.Response.Headers.Allow = "GET, HEAD";
                return Task.CompletedTask;
            }

            return endpoints.TryGetValue(context.Request.Path.Value ?? "", out RequestDelegate? endpoint) ? endpoint(context) : NotFoundAsync(context);
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }

        private static Task NotFoundAsync(HttpContext context)
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return MonitoringAnswer.TextAsync(context, StatusCodes.Status404NotFound, "404 page not found\n");
        }
    }
}
