using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace NatsKestrel.Admin;

/// <summary>Adds the admin console to an application. It has no pages yet, so it maps none.</summary>
public static class AdminHosting
{
    /// <summary>Adds the services of the console.</summary>
    public static IHostApplicationBuilder AddNatsConsole(this IHostApplicationBuilder builder) => builder;

    /// <summary>Maps the console's pages below <paramref name="path"/>.</summary>
    public static IEndpointConventionBuilder MapNatsConsole(this IEndpointRouteBuilder endpoints, string path = "/console") =>
        endpoints.MapGroup(path);
}
