using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Logging;

namespace NatsKestrel.Broker;

/// <summary>Runs the broker as a program of its own: says where it listens, and why it could not start.</summary>
/// <remarks>An application that embeds the broker needs none of this: it calls <see cref="BrokerHosting.AddNatsBroker"/> and runs itself.</remarks>
public static class NatsHost
{
    /// <summary>Builds the application and runs it until it is told to stop.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="build">Adds the services, builds, and maps the endpoints.</param>
    /// <returns>The exit code: 0 after a normal stop; 1 after a failure at start that one line on stderr explains.</returns>
    public static Task<int> RunAsync(string[] args, Func<WebApplicationBuilder, WebApplication> build) =>
        RunAsync(args, build, Console.Out, Console.Error);

    internal static async Task<int> RunAsync(string[] args, Func<WebApplicationBuilder, WebApplication> build, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(build);
        try
        {
            bool hasStarted = false;
            var builder = CreateBuilder(args);
            ExplainStartFailuresOnce(builder.Services, () => hasStarted);
            builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
            AddLog(builder);
            await using var app = build(builder);
            HttpUrls.Check(app.Configuration);
            _ = app.Services.GetRequiredService<IOptions<NatsBrokerOptions>>().Value;

            if (!await TryStartAsync(app).ConfigureAwait(false))
            {
                return 0;
            }

            hasStarted = true;
            using IDisposable watch = WatchSettings(app);
            WriteAddresses(app.Services, output);
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            return 0;
        }
        catch (Exception exception) when (StartFailure.Explain(exception) is { Count: > 0 } lines)
        {
            foreach (string line in lines)
            {
                await error.WriteLineAsync(line).ConfigureAwait(false);
            }

            return 1;
        }
    }

    // Told to stop before it was ready, the host gives its start up by an exception: to the operator that is a normal stop.
    private static async Task<bool> TryStartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync().ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await app.StopAsync().ConfigureAwait(false);
            return false;
        }
    }

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // Settings and pages lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

        // Our settings file names Urls, and files outrank ASPNETCORE_URLS by default; every operator expects the opposite.
        var sources = ((IConfigurationBuilder)builder.Configuration).Sources;
        int lastFile = sources.ToList().FindLastIndex(source => source is JsonConfigurationSource);
        sources.Insert(lastFile + 1, new EnvironmentVariablesConfigurationSource { Prefix = "ASPNETCORE_" });
        return builder;
    }

    // Host and Kestrel would log a stack trace each for a port in use. First in the list, so that a rule in the settings wins.
    private static void ExplainStartFailuresOnce(IServiceCollection services, Func<bool> hasStarted) =>
        services.PostConfigure<LoggerFilterOptions>(options =>
        {
            foreach (string category in (string[])["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"])
            {
                options.Rules.Insert(0, new LoggerFilterRule(null, category, null, (_, _, level) => level >= LogLevel.Warning && hasStarted()));
            }
        });

    // Beside the application's own console log: only where a file or syslog is named, and with a level of its own.
    private static void AddLog(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider =>
        {
            LoggingOptions options = provider.GetRequiredService<NatsBrokerOptions>().Logging;
            return new NatsLogProvider(options, usesConsole: false, provider.GetRequiredService<TimeProvider>()) { IncludesOthers = true };
        });
        builder.Services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<NatsLogProvider>());
        builder.Services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<NatsLogProvider>());
        builder.Logging.AddFilter<NatsLogProvider>(null, LogLevel.Trace);
    }

    private static IDisposable WatchSettings(WebApplication app)
    {
        var reloader = app.Services.GetRequiredService<Reloader>();
        return ChangeToken.OnChange(() => ((IConfiguration)app.Configuration).GetReloadToken(), reloader.OnChanged);
    }

    private static void WriteAddresses(IServiceProvider services, TextWriter output)
    {
        output.WriteLine("NatsKestrel is ready; Ctrl+C stops it.");
        if (services.GetService<NatsServer>()?.ClientUri is { } clientUri)
        {
            output.WriteLine($"  {"clients",-12}{clientUri.ToString().TrimEnd('/')}");
        }

        if (services.GetService<WebSocketPort>()?.Uri is { } webSocket)
        {
            output.WriteLine($"  {"websocket",-12}{Reachable(webSocket)}");
        }

        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var links = services.GetService<StartupLinks>()?.All ?? [];
        foreach (var (label, path) in links.Count > 0 ? links : [("http", "")])
        {
            foreach (string address in addresses)
            {
                output.WriteLine($"  {label,-12}{Reachable(address)}{path}");
            }
        }
    }

    // A browser cannot open the address that stands for every address.
    private static string Reachable(string address) => address
        .Replace("//[::]:", "//localhost:", StringComparison.Ordinal)
        .Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal);
}
