using System.Diagnostics;
using System.Text;
using Microsoft.Playwright;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Browser.Tests;

/// <summary>The console where the way to it is not what it was made for: a server that goes away, a proxy, a flood.</summary>
[Collection(nameof(ConsoleCollection))]
public sealed class AdversityTests(BusyBroker broker)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_the_server_goes_the_page_keeps_what_it_shows_and_when_it_is_back_so_is_the_page()
    {
        IPage page = await broker.NewPageAsync();
        BrokerProcess first = await BrokerProcess.StartHostAsync(0, AdminToken);
        Uri console = new(first.HttpUri, "/console/");
        await SignInAsync(page, new Uri(console, "connections?filter=name:here"));
        await using (RawClient client = await ConnectAsync(first, "here"))
        {
            await page.GetByRole(AriaRole.Link, new() { Name = "here", Exact = true }).WaitForAsync();
            await first.DisposeAsync();
        }

        await page.GetByText("Connection to the server lost").WaitForAsync();
        Assert.True(await page.GetByRole(AriaRole.Link, new() { Name = "here", Exact = true }).IsVisibleAsync());
        await using BrokerProcess second = await BrokerProcess.StartHostAsync(0, AdminToken, $"--Urls={first.HttpUri.GetLeftPart(UriPartial.Authority)}");

        // Whoever was signed in is not, after a restart.
        await BusyBroker.FillTokenAsync(page, BusyBroker.AdminToken);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Connections", Exact = true }).WaitForAsync();
        await using RawClient again = await ConnectAsync(second, "here");
        await ConnectAsync(second, "elsewhere");
        await page.GetByText("1 of 2 shown").WaitForAsync();
        Assert.Equal("name:here", await page.GetByLabel("Filter").InputValueAsync());
    }

    [Fact]
    public async Task Behind_a_proxy_that_adds_a_path_the_console_is_whole()
    {
        IPage page = await broker.NewPageAsync();
        await using BrokerProcess host = await BrokerProcess.StartHostAsync(0, AdminToken, "--ForwardedHeaders_Enabled=true");
        await using PathProxy proxy = await PathProxy.StartAsync("/ops", host.HttpUri);
        await using RawClient client = await ConnectAsync(host, "here");

        await SignInAsync(page, new Uri(proxy.Uri, "console/connections"));
        await page.WaitForFunctionAsync("() => document.querySelector('[data-live]')");
        await page.GetByRole(AriaRole.Link, new() { Name = "here", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "here" }).WaitForAsync();
        Assert.StartsWith(new Uri(proxy.Uri, "console/connections/").ToString(), page.Url, StringComparison.Ordinal);
        IPage json = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "as JSON" }).ClickAsync());
        await json.GetByText("\"num_connections\": 1").WaitForAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Kick…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cut it" }).ClickAsync();
        await page.GetByText("ended: Kicked").WaitForAsync();
    }

    [Fact]
    public async Task A_tap_that_nobody_reads_does_not_slow_the_flood_it_looks_at()
    {
        await using BrokerProcess host = await BrokerProcess.StartHostAsync(0, AdminToken);
        await using RawClient publisher = await ConnectAsync(host, "flood");
        await FloodAsync(publisher); // the code is warm from here on
        IPage page = await broker.NewPageAsync();
        await SignInAsync(page, new Uri(new Uri(host.HttpUri, "/console/"), "tap?subject=flood.%3E"));
        await page.GetByText("No message on").First.WaitForAsync();
        await publisher.SendAsync("PUB flood.first 1\r\nx\r\n", Cancel);
        await page.GetByText("flood.first").First.WaitForAsync();

        // The browser takes nothing any more, and the server has nowhere to put what it taps.
        Task frozen = page.EvaluateAsync("() => { const end = Date.now() + 4000; while (Date.now() < end) { } }");
        TimeSpan with = await FloodAsync(publisher);
        await frozen;

        Assert.True(with < TimeSpan.FromSeconds(3), $"It took {with.TotalMilliseconds} ms, as if it had waited for the browser.");
        await page.GetByText("of 200,001 on").WaitForAsync();
    }

    private const string AdminToken = $"--Nats:Console:AdminToken={BusyBroker.AdminToken}";

    private static async Task SignInAsync(IPage page, Uri address)
    {
        await page.GotoAsync(address.ToString());
        await BusyBroker.FillTokenAsync(page, BusyBroker.AdminToken);
        await page.WaitForFunctionAsync("() => document.querySelector('[data-live]')");
    }

    private static async Task<RawClient> ConnectAsync(BrokerProcess host, string name)
    {
        RawClient client = await RawClient.ConnectAsync("127.0.0.1", host.ClientUri.Port, Cancel);
        await client.SendAsync($$"""CONNECT {"verbose":false,"name":"{{name}}"}""" + "\r\nPING\r\n", Cancel);
        await client.ReadUntilAsync("PONG\r\n", Cancel);
        return client;
    }

    private static async Task<TimeSpan> FloodAsync(RawClient publisher)
    {
        byte[] lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("PUB flood.x 16\r\n0123456789abcdef\r\n", 1000)));
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 200; i++)
        {
            await publisher.SendAsync(lines, Cancel);
        }

        await publisher.SendAsync("PING\r\n", Cancel);
        await publisher.ReadUntilAsync("PONG\r\n", Cancel);
        return Stopwatch.GetElapsedTime(start);
    }
}
