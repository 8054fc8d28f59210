using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace NatsKestrel.WebGateway;

/// <summary>Adds the doors for browsers (WebSocket, SignalR, HTTP) to an application. None is built yet, so none is mapped.</summary>
public static class WebGatewayHosting
{
    /// <summary>Adds the services of the gateway.</summary>
    public static IHostApplicationBuilder AddNatsWebGateway(this IHostApplicationBuilder builder) => builder;

    /// <summary>Maps the gateway's endpoints below <paramref name="path"/>.</summary>
    public static IEndpointConventionBuilder MapNatsWebGateway(this IEndpointRouteBuilder endpoints, string path = "/nats") =>
        endpoints.MapGroup(path);
}
