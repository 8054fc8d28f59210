using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker;
using Xunit;

namespace NatsKestrel.Admin.Tests.Embedding;

/// <summary>The console beside the Blazor pages of the application that embeds it.</summary>
public sealed class EmbeddingTests
{
    [Theory]
    [InlineData("/", "<h1>The application's own page</h1>", "<base href=\"/\"")]
    [InlineData("/anything", "<h1>The application's own page</h1>", "<base href=\"/\"")]
    [InlineData("/ops/nats/", "Overview</h1>", "<base href=\"/ops/nats/\"")]
    [InlineData("/ops/nats/connections", "Connections</h1>", "<base href=\"/ops/nats/\"")]
    public async Task Each_path_shows_the_page_of_its_owner(string path, string heading, string baseElement)
    {
        await using WebApplication app = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        string page = await http.GetStringAsync(path, TestContext.Current.CancellationToken);

        Assert.Contains(heading, page.Replace("&#x27;", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(baseElement, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/_framework/blazor.web.js")]
    [InlineData("/ops/nats/_framework/blazor.web.js")]
    [InlineData("/ops/nats/_content/NatsKestrel.Admin/console.css")]
    public async Task Both_have_their_scripts(string path)
    {
        await using WebApplication app = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        byte[] file = await http.GetByteArrayAsync(path, TestContext.Current.CancellationToken);

        Assert.True(file.Length > 5000);
    }

    [Theory]
    [InlineData("/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("/ops/nats/_blazor/negotiate?negotiateVersion=1")]
    public async Task Both_are_interactive(string path)
    {
        await using WebApplication app = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using HttpResponseMessage answer = await http.PostAsync(path, null, TestContext.Current.CancellationToken);

        Assert.Contains("connectionToken", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(EmbeddingTests).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseStaticWebAssets();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.AddNatsBroker(options =>
        {
            options.Port = 0;
            options.Console.Anonymous = true;
        });
        builder.AddNatsConsole();
        var app = builder.Build();
        app.UseAntiforgery();
        app.MapNatsConsole("/ops/nats");
        app.MapStaticAssets();
        app.MapRazorComponents<HostApp>().AddInteractiveServerRenderMode();
        await app.StartAsync();
        return app;
    }
}
