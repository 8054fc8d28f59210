using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

/// <summary>The monitoring endpoints over real HTTP on a free port of the loopback address, with a made-up broker behind them.</summary>
internal sealed class MonitoringHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MonitoringHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public FakeSnapshots Broker => (FakeSnapshots)_app.Services.GetRequiredService<MonitoringSnapshots>();

    public FakeTimeProvider Time => (FakeTimeProvider)_app.Services.GetRequiredService<TimeProvider>();

    public ServerHealth Health => _app.Services.GetRequiredService<ServerHealth>();

    public HttpClient Http { get; }

    public int Port => Http.BaseAddress!.Port;

    public static async Task<MonitoringHost> StartAsync(
        Action<NatsBrokerOptions>? configure = null, string? path = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(FakeSnapshots.Now));
        builder.AddNatsBroker(configure);
        RemoveBroker(builder.Services);
        builder.Services.AddSingleton<MonitoringSnapshots>(new FakeSnapshots());
        build?.Invoke(builder);
        var app = builder.Build();
        app.MapNatsMonitoring(path);
        map?.Invoke(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        app.Services.GetRequiredService<ServerHealth>().IsListening = true;
        return new MonitoringHost(app);
    }

    public async Task<JsonElement> JsonAsync(string pathAndQuery)
    {
        using var response = await Http.GetAsync(pathAndQuery, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{pathAndQuery}: {(int)response.StatusCode}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    public async Task<(int Status, string Text)> GetAsync(string pathAndQuery)
    {
        using var response = await Http.GetAsync(pathAndQuery, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // What would open a port or do work of its own. The web server is a hosted service too, and stays.
    private static void RemoveBroker(IServiceCollection services)
    {
        foreach (var service in services.Where(service => service.ServiceType == typeof(IHostedService)).ToList())
        {
            if (service.ImplementationType?.Assembly == typeof(NatsServer).Assembly)
            {
                services.Remove(service);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
