using Microsoft.Playwright;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Browser.Tests;

/// <summary>The sample page in a browser: NATS over WebSocket beside NATS over SignalR.</summary>
public sealed class ChatPageTests : IAsyncLifetime
{
    private static readonly bool HasLibraries = File.Exists(Path.Combine(Repository.Root, "wwwroot", "chat", "lib", "nats.js"));

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Executable is { } chromium)
        {
            _playwright = await Playwright.CreateAsync();
            // Newer browsers ask their user before a public page may reach this machine at all; here the answer is the broker's.
            string[] arguments = ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"];
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = arguments });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    [Fact]
    public async Task Two_tabs_talk_over_websocket_and_a_third_over_signalr()
    {
        await using BrokerProcess broker = await StartAsync();
        IPage first = await OpenAsync(broker), second = await OpenAsync(broker), third = await OpenAsync(broker);

        await SayAsync(first, "WebSocket", "from the first");
        await SayAsync(third, "SignalR", "from the third");

        foreach (IPage page in new[] { first, second, third })
        {
            foreach (string door in new[] { "WebSocket", "SignalR" })
            {
                await Heard(page, door, "from the first").WaitForAsync();
                await Heard(page, door, "from the third").WaitForAsync();
            }
        }
    }

    [Fact]
    public async Task What_somebody_wrote_is_text_and_never_part_of_the_page()
    {
        await using BrokerProcess broker = await StartAsync();
        IPage page = await OpenAsync(broker);

        await SayAsync(page, "WebSocket", "<img src=x onerror=document.title='owned'>");

        await Heard(page, "SignalR", "<img src=x").WaitForAsync();
        Assert.Equal("Chat over NATS", await page.TitleAsync());
    }

    [Fact]
    public async Task Both_doors_come_back_after_the_broker_was_restarted()
    {
        BrokerProcess broker = await StartAsync();
        IPage page = await OpenAsync(broker);
        int port = broker.HttpUri.Port;
        await broker.DisposeAsync();
        await page.GetByText("disconnected").Nth(1).WaitForAsync();

        await using BrokerProcess again = await BrokerProcess.StartHostAsync(0, [$"--Urls=http://127.0.0.1:{port}"]);
        await ConnectedAsync(page);
        await SayAsync(page, "WebSocket", "here again");

        await Heard(page, "SignalR", "here again").WaitForAsync();
    }

    [Theory]
    [Trait("Safety", "WS-1")]
    [InlineData(false, "refused")]
    [InlineData(true, "open")]
    public async Task A_page_of_another_site_is_let_in_by_the_switch_alone(bool anyOrigin, string outcome)
    {
        await using BrokerProcess broker = await StartAsync($"--Nats:WebSocket:AnyOrigin={anyOrigin}");
        IPage page = await NewPageAsync();
        await page.RouteAsync("http://stranger.example/", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<title>stranger</title>" }));
        await page.GotoAsync("http://stranger.example/");

        string result = await page.EvaluateAsync<string>(
            """
            url => new Promise(resolve => {
              const socket = new WebSocket(url);
              socket.onopen = () => resolve("open");
              socket.onerror = () => resolve("refused");
            })
            """,
            broker.WebSocketUri.ToString());

        Assert.Equal(outcome, result);
    }

    private static Task<BrokerProcess> StartAsync(params string[] settings) => BrokerProcess.StartHostAsync(0, settings);

    private static ILocator Heard(IPage page, string door, string text) =>
        page.GetByLabel($"Messages over {door}").GetByText(text);

    private static async Task SayAsync(IPage page, string door, string text)
    {
        await page.GetByLabel($"Message over {door}", new() { Exact = true }).FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = $"Send over {door}" }).ClickAsync();
    }

    private static Task ConnectedAsync(IPage page) => page.GetByText("connected", new() { Exact = true }).Nth(1).WaitForAsync();

    private async Task<IPage> NewPageAsync()
    {
        Assert.SkipWhen(_browser is null, "There is no Chromium: install it, or name it in CHROMIUM_EXE.");
        return await _browser.NewPageAsync();
    }

    private async Task<IPage> OpenAsync(BrokerProcess broker)
    {
        Assert.SkipUnless(HasLibraries, "The page's libraries are not there: run \"npm ci\" in wwwroot/chat.");
        IPage page = await NewPageAsync();
        await page.GotoAsync(new Uri(broker.HttpUri, "/chat/").ToString());
        await ConnectedAsync(page);
        return page;
    }
}
