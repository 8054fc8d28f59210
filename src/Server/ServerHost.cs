using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Logging;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Transport;
using NatsKestrel.WebGateway;

namespace NatsKestrel.Server;

/// <summary>Runs the broker without a web application, and without the general host: what is not needed to open the port is not made.</summary>
internal static class ServerHost
{
    /// <summary>Runs until told to stop.</summary>
    /// <returns>0 after a normal stop, 1 where the server could not start.</returns>
    /// <exception cref="ServerStartException">The settings are wrong.</exception>
    public static async Task<int> RunAsync(IConfigurationRoot configuration, IReadOnlyList<string> openSettings, TextWriter error)
    {
        using var lifetime = new Lifetime();
        await using ServiceProvider services = Compose(configuration, lifetime.Application);
        ILogger<NatsServer> logger;
        try
        {
            logger = services.GetRequiredService<ILogger<NatsServer>>();
        }
        catch (OptionsValidationException invalid)
        {
            throw new ServerStartException(string.Join('\n', invalid.Failures));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string path = configuration["Nats:Logging:File"] ?? "";
            await error.WriteLineAsync($"{DateTime.Now:yyyy/MM/dd HH:mm:ss} error opening file: {(path.Length > 0 ? GoErrors.Open(path, exception) : exception.Message)}").ConfigureAwait(false);
            return 1;
        }

        try
        {
            await RunAsync(services, lifetime, openSettings, logger).ConfigureAwait(false);
            return 0;
        }
        catch (ServerStartException problem)
        {
            logger.CannotStart(Fatal(problem));
            return 1;
        }
    }

    private static ServiceProvider Compose(IConfigurationRoot configuration, IHostApplicationLifetime lifetime)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(lifetime);
        services.AddSingleton(provider => new NatsLogProvider(
            provider.GetRequiredService<NatsBrokerOptions>().Logging, usesConsole: true, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<NatsLogProvider>());
        services.AddBroker();
        AddLoggers(services);
        AddOptions(services);
        services.AddSingleton<SignalLifetime>();
        if (MonitoringListener.IsConfigured(configuration))
        {
            services.AddSingleton<MonitoringListener>();
            services.AddSingleton<IServer>(provider => provider.GetRequiredService<MonitoringListener>().Server);
            services.AddBeforeClientPort(provider => provider.GetRequiredService<MonitoringListener>());
        }

        if (int.TryParse(configuration["Nats:WebSocket:Port"], out int webSocketPort) && webSocketPort >= 0)
        {
            services.AddWebSocket();
        }

        return services.BuildServiceProvider();
    }

    // Generic services that are put together at run time took a sixth of the start, so those it needs are named; any other still works.
    private static void AddLoggers(ServiceCollection services)
    {
        services.AddSingleton<ILoggerFactory>(provider =>
            new LoggerFactory([provider.GetRequiredService<NatsLogProvider>()], new LoggerFilterOptions { MinLevel = LogLevel.Trace }));
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        AddLogger<NatsServer>(services);
        AddLogger<Authenticator>(services);
        AddLogger<ClientConnection>(services);
        AddLogger<ConnectionReload>(services);
        AddLogger<LameDuck>(services);
        AddLogger<MonitoringHandlers>(services);
        AddLogger<SelfTest>(services);
        AddLogger<SlowConsumers>(services);
        AddLogger<SocketTransport>(services);
        AddLogger<TimerWheel>(services);
    }

    private static void AddLogger<T>(ServiceCollection services) =>
        services.AddSingleton<ILogger<T>>(provider => new Logger<T>(provider.GetRequiredService<ILoggerFactory>()));

    private static void AddOptions(ServiceCollection services)
    {
        services.AddSingleton<IOptionsFactory<NatsBrokerOptions>>(provider => new OptionsFactory<NatsBrokerOptions>(
            provider.GetServices<IConfigureOptions<NatsBrokerOptions>>(),
            provider.GetServices<IPostConfigureOptions<NatsBrokerOptions>>(),
            provider.GetServices<IValidateOptions<NatsBrokerOptions>>()));
        services.AddSingleton(provider => Options.Create(provider.GetRequiredService<IOptionsFactory<NatsBrokerOptions>>().Create(Options.DefaultName)));
    }

    private static async Task RunAsync(ServiceProvider services, Lifetime lifetime, IReadOnlyList<string> openSettings, ILogger logger)
    {
        var signals = services.GetRequiredService<SignalLifetime>();
        await signals.WaitForStartAsync(CancellationToken.None).ConfigureAwait(false);
        IHostedService[] parts = [.. services.GetServices<IHostedService>()];
        var started = new Stack<IHostedService>();
        var systemd = new SystemdNotifier();
        try
        {
            foreach (IHostedService part in parts)
            {
                await part.StartAsync(lifetime.Stopping).ConfigureAwait(false);
                started.Push(part);
            }

            services.GetRequiredService<NatsLogProvider>().IncludesOthers = true;
            lifetime.Application.NotifyStarted();
            systemd.Notify(ServiceState.Ready);
            if (openSettings.Count > 0)
            {
                logger.OpenSettings(string.Join(", ", openSettings));
            }

            await lifetime.WaitForStopAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.Stopping.IsCancellationRequested)
        {
            // Told to stop before it was ready: a normal stop.
        }

        systemd.Notify(ServiceState.Stopping);
        while (started.TryPop(out IHostedService? part))
        {
            await part.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        lifetime.Application.NotifyStopped();
    }

    private static string Fatal(ServerStartException problem) => problem is not { Address: { } address, InnerException: { } cause } ? problem.Message
        : problem.IsWebSocket ? $"Unable to listen for websocket connections: {GoErrors.Listen(address, cause)}"
        : $"Error listening on port: {address}, \"{GoErrors.Listen(address, cause)}\"";

    private sealed class Lifetime : IDisposable
    {
        private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration _registration;

        public Lifetime() => _registration = Stopping.Register(() => _stopping.TrySetResult());

        public ApplicationLifetime Application { get; } = new(NullLogger<ApplicationLifetime>.Instance);

        public CancellationToken Stopping => Application.ApplicationStopping;

        public Task WaitForStopAsync() => _stopping.Task;

        public void Dispose() => _registration.Dispose();
    }
}
