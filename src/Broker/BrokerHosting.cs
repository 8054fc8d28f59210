using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.SystemAccount;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Broker.Transport.Tls;

namespace NatsKestrel.Broker;

/// <summary>Adds the broker to any ASP.NET Core application, and maps its monitoring.</summary>
public static class BrokerHosting
{
    /// <summary>Adds the broker: it listens when the host starts. Options come from section <c>Nats</c>, then from <paramref name="configure"/>.</summary>
    public static IHostApplicationBuilder AddNatsBroker(this IHostApplicationBuilder builder, Action<NatsBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddBroker(configure);
        return builder;
    }

    /// <summary>The same for services without a host of their own; <see cref="IConfiguration"/> is among them, and whoever starts them starts each <see cref="IHostedService"/>.</summary>
    internal static IServiceCollection AddBroker(this IServiceCollection services, Action<NatsBrokerOptions>? configure = null)
    {
        services.AddBrokerOptions(configure);
        AddServices(services);
        return services;
    }

    /// <summary>Adds a door that opens before the client port does, as in the reference server: "Server is ready" is said of all of them.</summary>
    internal static void AddBeforeClientPort(this IServiceCollection services, Func<IServiceProvider, IHostedService> door)
    {
        int broker = services.Index().FirstOrDefault(service => service.Item.ImplementationType == typeof(BrokerService), (Index: services.Count, null!)).Index;
        services.Insert(broker, ServiceDescriptor.Singleton(door));
    }

    /// <summary>Maps <c>/varz</c>, <c>/connz</c> and their like below <paramref name="path"/>.</summary>
    /// <param name="endpoints">The application's routes.</param>
    /// <param name="path">Path they stand under; null takes the configured <see cref="MonitoringOptions.BasePath"/>.</param>
    public static IEndpointConventionBuilder MapNatsMonitoring(this IEndpointRouteBuilder endpoints, string? path = null) =>
        MonitoringEndpoints.Map(endpoints, path);

    /// <summary>Maps <c>/livez</c> and <c>/readyz</c>, which orchestrators ask for.</summary>
    public static IEndpointRouteBuilder MapNatsHealth(this IEndpointRouteBuilder endpoints)
    {
        OperationsEndpoints.MapHealth(endpoints);
        return endpoints;
    }

    /// <summary>Maps the broker's figures in Prometheus' text format: the meter <c>NatsKestrel</c>, and <c>gnatsd_varz_…</c> as nats-server's exporter names them.</summary>
    /// <param name="endpoints">The application's routes.</param>
    /// <param name="path">Path they stand at.</param>
    public static IEndpointConventionBuilder MapNatsMetrics(this IEndpointRouteBuilder endpoints, string path = "/metrics") =>
        OperationsEndpoints.MapMetrics(endpoints, path);

    // Making a key takes a while: only where requests to an authentication service may have to be signed.
    private static ServerIdentity Identify(NatsBrokerOptions options, TimeProvider time) => new(
        options.ServerName, time, options.Authorization.AuthCallout is not null || options.Operators.Count + options.TrustedKeys.Count > 0 ? new ServerKey() : null);

    // The whole map of the broker's services, from the bottom up.
    private static void AddServices(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<StartupLinks>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<NatsBrokerOptions>>().Value);
        services.AddSingleton(provider => DescriptorBudget.Read(provider.GetRequiredService<NatsBrokerOptions>()));
        services.AddSingleton(provider => MemoryLimits.Read(provider.GetRequiredService<NatsBrokerOptions>().Limits));

        services.AddSingleton(new BlockPool());
        services.AddSingleton<SocketTransport>();
        services.AddSingleton<IValidateOptions<NatsBrokerOptions>, TlsFilesValidator>();
        services.AddSingleton<TlsContextSource>();

        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<IValidateOptions<NatsBrokerOptions>, AccountsValidator>();
        services.AddSingleton<ClaimsRequests>();
        services.AddSingleton<LoginDirectory>();
        services.AddSingleton<BcryptWorkers>();
        services.AddSingleton<PasswordChecks>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<UserBlocks>();
        services.AddSingleton<Authenticator>();

        services.AddSingleton(provider => new LiveSettings(ConnectionSettings.From(
            provider.GetRequiredService<NatsBrokerOptions>(),
            provider.GetRequiredService<DescriptorBudget>().MaxConnections,
            provider.GetRequiredService<MemoryLimits>().PendingBytes)));
        services.AddSingleton(provider => Identify(provider.GetRequiredService<NatsBrokerOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<InfoSource>();
        services.AddSingleton<ServerDescriber>();
        services.AddSingleton<WebSocketPort>();
        services.AddSingleton<TimerWheel>();
        services.AddSingleton<MemoryTrimmer>();
        services.AddSingleton<SlowConsumers>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<ConnectionServices>();
        services.AddSingleton<AccessControl>();
        services.AddSingleton<ClientConnectionHandler>();
        services.AddSingleton<ClientListener>();
        services.AddSingleton<ServerHealth>();
        services.AddSingleton<LameDuck>();

        services.AddSingleton(provider => new NatsServer(
            provider.GetRequiredService<ServerIdentity>(), provider.GetRequiredService<LameDuck>(), provider.GetRequiredService<ConnectionServices>()));
        MonitoringEndpoints.AddServices(services);

        services.AddSingleton<SystemReports>();
        services.AddSingleton<Envelope>();
        services.AddSingleton<ClaimsSubjects>();
        services.AddSingleton<SystemRequests>();
        services.AddSingleton<SystemEvents>();
        services.AddSingleton<SystemService>();

        services.AddSingleton<PidFile>();
        services.AddSingleton<PortsFile>();
        services.AddSingleton<Reloader>();
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<PidFile>());
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<PortsFile>());
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<InfoSource>());
        services.AddSingleton<IReloadable, ConnectionReload>();
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<AccessControl>());
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<TlsContextSource>());

        services.AddHostedService<StartLines>();
        services.AddHostedService(provider => provider.GetRequiredService<PidFile>());
        services.AddHostedService<AuthCallout>();
        services.AddHostedService<BrokerService>();
        services.AddHostedService(provider => provider.GetRequiredService<PortsFile>());
        services.AddHostedService<SelfTest>();
        services.AddHostedService<BrokerMeter>();
    }
}
