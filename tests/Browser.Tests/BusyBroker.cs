using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Browser.Tests;

/// <summary>Our host in a process of its own, real clients that keep it busy, one slow consumer that was cut, and a browser.</summary>
public sealed partial class BusyBroker : IAsyncLifetime
{
    public const string AdminToken = "admin-token-for-the-tests";
    public const string OperatorToken = "operator-token-for-the-tests";
    public const string ViewerToken = "viewer-token-for-the-tests";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private BrokerProcess? _host;
    private Process? _load;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private readonly Queue<IBrowserContext> _contexts = new();
    private string? _signedIn;

    /// <summary>Why there is no browser to test with; null where there is one.</summary>
    public string? Missing { get; private set; }

    public Uri HttpUri => Host.HttpUri;

    public Uri ConsoleUri => new(HttpUri, "/console/");

    public BrokerProcess Host => _host!;

    private static string NodeFolder { get; } = typeof(BusyBroker).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "NodeFolder").Value!;

    /// <summary>The accessibility checker, as a script for a page.</summary>
    public static string AxeScript => File.ReadAllText(Path.Combine(NodeFolder, "node_modules", "axe-core", "axe.min.js"));

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Missing = Chromium.Executable is null ? Chromium.Missing
            : !Directory.Exists(Path.Combine(NodeFolder, "node_modules")) ? "Run npm ci in tests/Browser.Tests/node."
            : null;
        if (Missing is not null)
        {
            return;
        }

        _host = await BrokerProcess.StartHostAsync(
            0,
            "--Nats:ServerName=nats-eu-1",
            "--Nats:Limits:MaxPayload=65536",
            "--Nats:Limits:MaxPending=2000000",
            "--Nats:NoAuthUser=somebody",
            "--Nats:Authorization:Users:0:User=somebody",
            "--Nats:Authorization:Users:0:Password=not-needed",
            "--Nats:Authorization:Users:1:User=dashboard",
            "--Nats:Authorization:Users:1:Password=dashboard",
            "--Nats:Authorization:Users:1:Permissions:Publish:Deny:0=orders.>",
            "--Nats:Authorization:Users:1:Permissions:Subscribe:Deny:0=orders.jp.>",
            $"--Nats:Console:AdminToken={AdminToken}",
            $"--Nats:Console:OperatorToken={OperatorToken}",
            $"--Nats:Console:ViewerToken={ViewerToken}");
        _load = Process.Start(new ProcessStartInfo("node", [Path.Combine(NodeFolder, "load.mjs"), $"nats://127.0.0.1:{_host.ClientUri.Port}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await ReadLoadAsync("ready");
        await _load.StandardInput.WriteLineAsync("slow");
        await _load.StandardInput.FlushAsync();
        await ReadLoadAsync("cut");

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium.Executable, Args = ["--no-sandbox"] });
    }

    /// <summary>A page of a browser that has visited nothing yet.</summary>
    public Task<IPage> NewPageAsync(bool isDark = false, int width = 1280, int height = 800) => NewPageAsync(isDark, width, height, state: null);

    private async Task<IPage> NewPageAsync(bool isDark, int width, int height, string? state)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            StorageState = state,
        });
        context.SetDefaultTimeout(20_000);

        // No test needs more than two at a time, and every page that stays open is refreshed every second.
        _contexts.Enqueue(context);
        if (_contexts.Count > 2)
        {
            await _contexts.Dequeue().CloseAsync();
        }

        return await context.NewPageAsync();
    }

    /// <summary>A page for somebody who signed in as administrator once for all tests that ask for it; it shows nothing yet.</summary>
    public async Task<IPage> SignedInAsync(bool isDark = false)
    {
        if (_signedIn is null)
        {
            IPage first = await SignInAsync();
            _signedIn = await first.Context.StorageStateAsync();
        }

        return await NewPageAsync(isDark, width: 1280, height: 800, _signedIn);
    }

    /// <summary>A page that shows the console to somebody who has signed in.</summary>
    public async Task<IPage> SignInAsync(string token = AdminToken, bool isDark = false, int width = 1280, int height = 800)
    {
        IPage page = await NewPageAsync(isDark, width, height);
        await SignInOnAsync(page, token);
        return page;
    }

    /// <summary>Opens the console in a page, and signs in there.</summary>
    public async Task SignInOnAsync(IPage page, string token)
    {
        await page.GotoAsync(ConsoleUri.ToString());
        await FillTokenAsync(page, token);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
    }

    /// <summary>Fills in the form of the sign-in page.</summary>
    public static async Task FillTokenAsync(IPage page, string token)
    {
        await page.GetByLabel("Token").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>Opens a page of the console, and waits until it is live and shows something.</summary>
    /// <param name="page">The page.</param>
    /// <param name="path">Its address from the console's base.</param>
    /// <param name="withRates">False to go on before it knows how much there is of anything in a second.</param>
    public async Task OpenAsync(IPage page, string path, bool withRates = true)
    {
        if (path.StartsWith("connections/1", StringComparison.Ordinal))
        {
            path = path.Replace("/1", $"/{(await ConnectionAsync("dashboard")).GetProperty("cid")}", StringComparison.Ordinal);
        }

        await page.GotoAsync(new Uri(ConsoleUri, path).ToString());
        if (path != "sign-in")
        {
            await page.WaitForFunctionAsync("() => document.querySelector('[data-live]')");
            await ConsolePages.PrepareAsync(page, path, withRates);
        }
    }

    /// <summary>What monitoring says of the server now.</summary>
    public Task<JsonElement> MonitoringAsync(string path) => Host.GetJsonAsync(path);

    /// <summary>What monitoring says of the client with that name.</summary>
    public async Task<JsonElement> ConnectionAsync(string name) =>
        (await MonitoringAsync("/connz")).GetProperty("connections").EnumerateArray()
            .Single(entry => entry.TryGetProperty("name", out var text) && text.GetString() == name);

    /// <summary>The token in the link that the host printed at its start.</summary>
    public string PrintedToken() => LinkToken().Match(string.Join('\n', Host.Output)).Groups[1].Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_load is not null)
        {
            _load.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await _load.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_load.HasExited)
            {
                _load.Kill();
            }

            _load.Dispose();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    private async Task ReadLoadAsync(string expected)
    {
        string? line = await _load!.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        if (line != expected)
        {
            throw new InvalidOperationException($"The clients said '{line}' instead of '{expected}'. {Host.Describe()}");
        }
    }

    [GeneratedRegex(@"sign-in\?token=([0-9a-f]+)")]
    private static partial Regex LinkToken();
}
