using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Alarms;
using NatsKestrel.Admin.Api;
using NatsKestrel.Admin.Components.Layout;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin;

/// <summary>Adds the admin console to an application that has the broker.</summary>
public static class AdminHosting
{
    /// <summary>Adds the services of the console.</summary>
    public static IHostApplicationBuilder AddNatsConsole(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.Configure<CircuitOptions>(options => options.PersistedCircuitInMemoryMaxRetained = MaxCircuitsKept);
        if (builder.Configuration.GetValue<bool>("ForwardedHeaders_Enabled"))
        {
            // That setting alone takes what a proxy says of the client and of TLS; a page must also know its own address.
            services.Configure<ForwardedHeadersOptions>(static options => options.ForwardedHeaders |= ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedPrefix);
        }

        services.AddSingleton<SecurityEvents>();
        services.AddSingleton<LogRing>();
        services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<LogRing>());
        builder.Logging.AddFilter<LogRing>(typeof(ClientConnection).FullName, LogLevel.Trace);
        services.AddSingleton<ConsolePaths>();
        services.AddSingleton<ConsoleFeed>();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<ConsoleAccess>();
        services.AddSingleton<ConsoleSessions>();
        services.AddSingleton<AccessGate>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<ConsoleActs>();
        services.AddSingleton<ConsolePublisher>();
        services.AddSingleton<ServiceDiscovery>();
        services.AddScoped<CurrentSession>();
        services.AddSingleton<ApiGate>();
        services.AddSingleton<Diagnostics>();
        services.AddSingleton<ConnectionsCsv>();
        services.AddSingleton<ConsoleApi>();
        services.AddSingleton<AlarmWatch>();
        services.AddHostedService(static provider => provider.GetRequiredService<AlarmWatch>());
        services.AddSingleton<AlarmEndpoint>();
        services.AddScoped<ConsoleState>();
        return builder;
    }

    /// <summary>Maps the console's pages below <paramref name="path"/>. The application may have Blazor pages of its own.</summary>
    /// <param name="app">The application.</param>
    /// <param name="path">Path they stand under, with a leading slash.</param>
    /// <param name="isHome">True sends browsers that ask for <c>/</c> there; programs, which do not ask for HTML, get what they got.</param>
    public static IEndpointConventionBuilder MapNatsConsole(this WebApplication app, string path = "/console", bool isHome = false)
    {
        ArgumentNullException.ThrowIfNull(app);
        return ConsolePipeline.Map(app, path, isHome);
    }

    /// <summary>Maps the acts of the console for programs, below <paramref name="path"/>.</summary>
    /// <param name="endpoints">The application's routes.</param>
    /// <param name="path">Path they stand under, with a leading slash.</param>
    public static IEndpointConventionBuilder MapNatsAdministration(this IEndpointRouteBuilder endpoints, string path = "/api/v1")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.ServiceProvider.GetRequiredService<ConsolePaths>().Api = path;
        return endpoints.ServiceProvider.GetRequiredService<ConsoleApi>().Map(endpoints, path);
    }

    /// <summary>Maps the alarms that are on, as JSON. Like monitoring it is open to everybody who reaches the port.</summary>
    /// <param name="endpoints">The application's routes.</param>
    /// <param name="path">The path, with a leading slash.</param>
    public static IEndpointConventionBuilder MapNatsAlarms(this IEndpointRouteBuilder endpoints, string path = "/alarmz")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.ServiceProvider.GetRequiredService<AlarmEndpoint>().Map(endpoints, path);
    }

    // The framework keeps a thousand for two hours; each holds the state of a page.
    private const int MaxCircuitsKept = 100;
}
