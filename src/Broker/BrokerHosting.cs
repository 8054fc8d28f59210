using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Monitoring;

namespace NatsKestrel.Broker;

/// <summary>Adds the broker to any ASP.NET Core application, and maps its monitoring.</summary>
public static class BrokerHosting
{
    /// <summary>Adds the broker: it listens when the host starts. Options come from section <c>Nats</c>, then from <paramref name="configure"/>.</summary>
    public static IHostApplicationBuilder AddNatsBroker(this IHostApplicationBuilder builder, Action<NatsBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<NatsBrokerOptions>().BindConfiguration(NatsBrokerOptions.SectionName);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.AddSingleton<NatsServer>();
        MonitoringEndpoints.AddServices(builder.Services);
        return builder;
    }

    /// <summary>Maps <c>/varz</c>, <c>/connz</c> and their like below <paramref name="path"/>.</summary>
    /// <param name="endpoints">The application's routes.</param>
    /// <param name="path">Path they stand under; null takes the configured <see cref="MonitoringOptions.BasePath"/>.</param>
    public static IEndpointConventionBuilder MapNatsMonitoring(this IEndpointRouteBuilder endpoints, string? path = null) =>
        MonitoringEndpoints.Map(endpoints, path);
}
