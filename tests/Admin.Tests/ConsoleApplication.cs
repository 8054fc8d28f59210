using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Testing;

namespace NatsKestrel.Admin.Tests;

/// <summary>An application with the broker, its console and its REST administration, on a free port of this machine.</summary>
internal sealed class ConsoleApplication : IAsyncDisposable
{
    public const string AdminToken = "admin-token-for-the-tests";
    public const string OperatorToken = "operator-token-for-the-tests";
    public const string ViewerToken = "viewer-token-for-the-tests";

    private readonly WebApplication _app;

    private ConsoleApplication(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)) };
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>A client that has sent these lines, all of which the server has taken.</summary>
    public async Task<RawClient> ConnectAsync(string lines)
    {
        RawClient client = await RawClient.ConnectAsync("127.0.0.1", Services.GetRequiredService<NatsServer>().ClientUri!.Port);
        await client.SendAsync(lines + "PING\r\n");
        await client.ReadUntilAsync("PONG\r\n");
        return client;
    }

    public static async Task<ConsoleApplication> StartAsync(Action<NatsBrokerOptions>? configure = null, string url = "http://127.0.0.1:0", string? pathBase = null, bool withLog = false)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(ConsoleApplication).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        if (!withLog)
        {
            builder.Logging.SetMinimumLevel(LogLevel.None);
        }

        builder.WebHost.UseUrls(url).UseStaticWebAssets();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.AddNatsBroker(options =>
        {
            options.Port = 0;
            options.Console.AdminToken = AdminToken;
            options.Console.OperatorToken = OperatorToken;
            options.Console.ViewerToken = ViewerToken;
            configure?.Invoke(options);
        });
        builder.AddNatsConsole();
        builder.Services.AddHealthChecks().AddNatsBroker();
        var app = builder.Build();
        if (pathBase is not null)
        {
            app.UsePathBase(pathBase);
            app.UseRouting();
        }

        app.MapNatsMonitoring();
        app.MapNatsHealth();
        app.MapNatsMetrics();
        app.MapNatsAlarms();
        app.MapNatsConsole(isHome: true);
        app.MapNatsAdministration();
        await app.StartAsync();
        return new ConsoleApplication(app);
    }

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? token = null, string? json = null, params IEnumerable<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
