using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker;

/// <summary>Adds the broker to any ASP.NET Core application, and maps its monitoring.</summary>
public static class BrokerHosting
{
    /// <summary>Adds the broker: it listens when the host starts. Options come from section <c>Nats</c>, then from <paramref name="configure"/>.</summary>
    public static IHostApplicationBuilder AddNatsBroker(this IHostApplicationBuilder builder, Action<NatsBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddBrokerOptions(configure);
        builder.Services.AddSingleton<StartupLinks>();
        builder.Services.AddSingleton<NatsServer>();
        return builder;
    }

    /// <summary>Maps <c>/varz</c>, <c>/connz</c> and their like below <paramref name="path"/>.</summary>
    public static IEndpointConventionBuilder MapNatsMonitoring(this IEndpointRouteBuilder endpoints, string path = "") =>
        endpoints.MapGroup(path);
}
