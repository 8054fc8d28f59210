using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.WebGateway.WebSocket;

namespace NatsKestrel.WebGateway;

/// <summary>Adds the doors for browsers to an application that has the broker (<see cref="BrokerHosting.AddNatsBroker"/>).</summary>
public static class WebGatewayHosting
{
    /// <summary>Adds the services of the gateway, and the WebSocket port that section <c>Nats:WebSocket</c> asks for.</summary>
    public static IHostApplicationBuilder AddNatsWebGateway(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<WebSocketDoor>();
        builder.Services.AddHostedService<WebSocketListener>();
        return builder;
    }

    /// <summary>Maps the gateway's endpoints below <paramref name="path"/>: WebSocket clients at the path itself.</summary>
    public static IEndpointConventionBuilder MapNatsWebGateway(this IEndpointRouteBuilder endpoints, string path = "/nats") =>
        endpoints.MapNatsWebSocket(path);

    /// <summary>Lets WebSocket clients in at a path of the application's own HTTP port, under the same rules as on <see cref="NatsWebSocketOptions.Port"/>.</summary>
    public static IEndpointConventionBuilder MapNatsWebSocket(this IEndpointRouteBuilder endpoints, string path = "/nats")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var door = endpoints.ServiceProvider.GetRequiredService<WebSocketDoor>();
        return endpoints.Map(path, door.ServeAsync).WithDisplayName("NATS over WebSocket").WithMetadata(new ExcludeFromDescriptionAttribute());
    }
}
