using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.WebGateway.Http;
using NatsKestrel.WebGateway.Hub;
using NatsKestrel.WebGateway.WebSocket;

namespace NatsKestrel.WebGateway;

/// <summary>Adds the doors for browsers to an application that has the broker (<see cref="BrokerHosting.AddNatsBroker"/>).</summary>
public static class WebGatewayHosting
{
    private const int MaxBuffer = 64 * 1024;

    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);

    /// <summary>Adds all of them: WebSocket, SignalR, HTTP.</summary>
    public static IHostApplicationBuilder AddNatsWebGateway(this IHostApplicationBuilder builder) => builder.AddNatsWebSocket().AddNatsHub().AddNatsHttp();

    /// <summary>Adds the WebSocket port that section <c>Nats:WebSocket</c> asks for, and what <see cref="MapNatsWebSocket"/> needs.</summary>
    public static IHostApplicationBuilder AddNatsWebSocket(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddWebSocket();
        return builder;
    }

    /// <summary>The same for services without a host of their own.</summary>
    internal static IServiceCollection AddWebSocket(this IServiceCollection services)
    {
        AddOrigins(services);
        services.AddSingleton<WebSocketDoor>();
        services.AddSingleton<WebSocketListener>();
        services.AddBeforeClientPort(provider => provider.GetRequiredService<WebSocketListener>());
        return services;
    }

    /// <summary>Adds what <see cref="MapNatsHub"/> needs: SignalR with JSON and MessagePack.</summary>
    public static IHostApplicationBuilder AddNatsHub(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddOrigins(builder.Services);
        builder.Services.TryAddSingleton<IUserMapping, SameNameMapping>();
        builder.Services.AddSingleton<HubClients>();
        builder.Services.AddTransient(provider => new SubjectHub(provider.GetRequiredService<HubClients>()));
        builder.Services.AddSignalR().AddMessagePackProtocol().AddHubOptions<SubjectHub>(_ => { });
        builder.Services.AddOptions<Microsoft.AspNetCore.SignalR.HubOptions<SubjectHub>>().Configure<NatsBrokerOptions>((hub, options) =>
        {
            hub.MaximumReceiveMessageSize = options.Hub.MaxMessage;
            hub.HandshakeTimeout = TimeSpan.FromSeconds(5);
            hub.MaximumParallelInvocationsPerClient = 1;
            hub.EnableDetailedErrors = false;
        });
        return builder;
    }

    /// <summary>Adds what <see cref="MapNatsHttp"/> needs.</summary>
    public static IHostApplicationBuilder AddNatsHttp(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddOrigins(builder.Services);
        builder.Services.TryAddSingleton<IUserMapping, SameNameMapping>();
        builder.Services.AddSingleton<HttpClients>();
        builder.Services.AddSingleton<MessageEndpoints>();
        return builder;
    }

    /// <summary>Maps all of them at their usual paths.</summary>
    public static WebApplication MapNatsWebGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapNatsWebSocket();
        app.MapNatsHub();
        app.MapNatsHttp();
        return app;
    }

    /// <summary>Lets WebSocket clients in at a path of the application's own HTTP port, under the same rules as on <see cref="NatsWebSocketOptions.Port"/>.</summary>
    public static IEndpointConventionBuilder MapNatsWebSocket(this IEndpointRouteBuilder endpoints, string path = "/nats")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var door = endpoints.ServiceProvider.GetRequiredService<WebSocketDoor>();
        return endpoints.Map(path, door.ServeAsync).WithDisplayName("NATS over WebSocket").WithMetadata(new ExcludeFromDescriptionAttribute());
    }

    /// <summary>Maps the SignalR hub.</summary>
    public static IEndpointConventionBuilder MapNatsHub(this IEndpointRouteBuilder endpoints, string path = "/hubs/nats")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var origins = endpoints.ServiceProvider.GetRequiredService<OriginRules>();
        IEndpointConventionBuilder hub = endpoints.MapHub<SubjectHub>(path, options =>
        {
            options.AllowStatefulReconnects = false;
            options.CloseOnAuthenticationExpiration = true;
            options.WebSockets.CloseTimeout = CloseTime;
            options.ApplicationMaxBufferSize = MaxBuffer;
            options.TransportMaxBufferSize = MaxBuffer;
            options.Transports = HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling;
        });
        hub.Finally(endpoint => endpoint.RequestDelegate = Guard(endpoint.RequestDelegate!, origins));
        return hub;
    }

    /// <summary>Maps publishing, requests and subscriptions over plain HTTP.</summary>
    public static IEndpointConventionBuilder MapNatsHttp(this IEndpointRouteBuilder endpoints, string path = "/api/v1")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return MessageEndpoints.Map(endpoints, path);
    }

    private static void AddOrigins(IServiceCollection services) => services.TryAddSingleton(provider =>
        new OriginRules(provider.GetRequiredService<NatsBrokerOptions>().WebSocket, provider.GetRequiredService<IConfiguration>()));

    // Browsers send cookies along whatever page asks: the page must be one that may.
    private static RequestDelegate Guard(RequestDelegate next, OriginRules origins) => http =>
    {
        if (origins.Allows(http, isEnforced: true))
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    };
}
