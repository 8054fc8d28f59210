using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Testing;

/// <summary>A broker inside the test's own process, embedded as any ASP.NET Core application embeds it.</summary>
public sealed class BrokerFixture : IAsyncDisposable
{
    private readonly Action<NatsBrokerOptions>? _configure;
    private readonly TimeProvider _time;
    private WebApplication _application;

    private BrokerFixture(WebApplication application, Action<NatsBrokerOptions>? configure, TimeProvider time)
    {
        _time = time;
        _application = application;
        _configure = configure;
    }

    /// <summary>The running broker.</summary>
    public NatsServer Server => Services.GetRequiredService<NatsServer>();

    /// <summary>The services of the application that the broker is part of.</summary>
    public IServiceProvider Services => _application.Services;

    /// <summary>Where NATS clients connect. It stays the same across a restart.</summary>
    public Uri ClientUri => Server.ClientUri ?? throw new InvalidOperationException("The broker does not listen.");

    /// <summary>Where the client port is, for a socket.</summary>
    public IPEndPoint ClientEndPoint => new(IPAddress.Parse(ClientUri.Host), ClientUri.Port);

    /// <summary>Where monitoring is served.</summary>
    public Uri HttpUri => new(_application.Urls.First());

    /// <summary>Starts a broker on a free port of 127.0.0.1.</summary>
    /// <param name="configure">Changes options; the port may be set, but is best left alone.</param>
    /// <param name="time">Its clock; null for the system's.</param>
    public static async Task<BrokerFixture> StartAsync(Action<NatsBrokerOptions>? configure = null, TimeProvider? time = null) =>
        new(await StartApplicationAsync(0, configure, time ??= TimeProvider.System), configure, time);

    /// <summary>Stops the broker, as a host that is told to stop does.</summary>
    public Task StopAsync() => _application.StopAsync();

    /// <summary>Stops the broker and starts a new one with the same options on the same port.</summary>
    public async Task RestartAsync()
    {
        int port = ClientUri.Port;
        await _application.DisposeAsync();
        _application = await StartApplicationAsync(port, _configure, _time);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task<WebApplication> StartApplicationAsync(int port, Action<NatsBrokerOptions>? configure, TimeProvider time)
    {
        // The slim builder, without the settings of whatever folder the tests run in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(time);
        builder.AddNatsBroker(options =>
        {
            options.Port = port;
            configure?.Invoke(options);
        });

        var application = builder.Build();
        application.UseRouting();
        application.MapNatsMonitoring();
        await application.StartAsync();
        return application;
    }
}
