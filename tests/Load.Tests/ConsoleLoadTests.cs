using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>The console in many open tabs, over a server that has other things to do.</summary>
public sealed class ConsoleLoadTests
{
    private const string Token = "admin-token-for-the-tests";

    // The small size runs beside other tests, on whatever machine: there these bound what has gone wrong, not what is slow.
    private static readonly TimeSpan MaxFirstRows = TimeSpan.FromSeconds(LoadSize.Pick(1, 30));

    // A refresh each second, and the way to the browser.
    private static readonly TimeSpan MaxBehind = TimeSpan.FromSeconds(LoadSize.Pick(3, 30));

    private static readonly string[] Pages = ["", "connections", "connections?filter=subs%3E0", "subjects", "receivers?subject=load.x"];

    [Fact]
    [Trait("Safety", "UI-2")]
    public async Task Open_pages_of_the_console_are_quick_and_right_while_the_server_is_busy()
    {
        Assert.SkipWhen(Chromium.Executable is null, Chromium.Missing);
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        int count = LoadSize.Pick(10_000, 500), rate = LoadSize.Pick(50_000, 5_000), tabs = LoadSize.Pick(10, 3);
        DescriptorLimit.SkipBelow(count);
        await using LoadServer server = await LoadServer.StartAsync($"--Nats:Console:AdminToken={Token}");
        LoadClient[] clients = await LoadClient.ConnectManyAsync(count, server.Port, client => $"SUB idle.{client} 1\r\n", cancellationToken: cancellationToken);
        using LoadClient subscriber = await LoadClient.ConnectAsync(server.Port, "SUB load.> 1\r\n", cancellationToken: cancellationToken);
        using LoadClient publisher = await LoadClient.ConnectAsync(server.Port, cancellationToken: cancellationToken);
        Task<long> drain = subscriber.DrainAsync(cancellationToken: cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task publishing = PublishAsync(publisher, rate, stop.Token);

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Executable, Args = ["--no-sandbox"] });
        IBrowserContext context = await browser.NewContextAsync();
        Uri console = new($"http://127.0.0.1:{server.HttpPort}/console/");
        IPage overview = await SignInAsync(context, console);
        for (int i = 1; i < tabs - 1; i++)
        {
            await (await context.NewPageAsync()).GotoAsync(new Uri(console, Pages[i % Pages.Length]).ToString());
        }

        TimeSpan firstRows = await FirstRowsAsync(await context.NewPageAsync(), new Uri(console, "connections"));
        double cpu = await server.MeasureCpuAsync(TimeSpan.FromSeconds(LoadSize.Pick(5, 2)), cancellationToken);
        using LoadClient newcomer = await LoadClient.ConnectAsync(server.Port, "SUB a 1\r\nSUB b 2\r\n", cancellationToken: cancellationToken);
        JsonElement varz = await server.GetAsync("/varz", cancellationToken);
        TimeSpan behind = await ShowsAsync(overview, varz);
        long before = await server.VarzAsync("in_msgs", cancellationToken);
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(1000, cancellationToken);
        double published = (await server.VarzAsync("in_msgs", cancellationToken) - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await stop.CancelAsync();
        await publishing;

        Report.Line("UI-2", $"{count} connections, {published:F0} messages/s of {rate}, {tabs} open tabs: first rows after {firstRows.TotalMilliseconds:F0} ms (bar 1,000)");
        Report.Line("UI-2", $"a newcomer is on the page after {behind.TotalMilliseconds:F0} ms, as in /varz; the server takes {cpu:P0} of a core");
        Assert.InRange(firstRows, TimeSpan.Zero, MaxFirstRows);
        Assert.InRange(behind, TimeSpan.Zero, MaxBehind);
        server.AssertUnharmed();
        publisher.Dispose();
        subscriber.Dispose();
        await drain;
        Array.ForEach(clients, static client => client.Dispose());
    }

    private static async Task<IPage> SignInAsync(IBrowserContext context, Uri console)
    {
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(console.ToString());
        await page.GetByLabel("Token").FillAsync(Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('[data-live]')");
        return page;
    }

    private static async Task<TimeSpan> FirstRowsAsync(IPage page, Uri address)
    {
        long start = Stopwatch.GetTimestamp();
        await page.GotoAsync(address.ToString(), new() { WaitUntil = WaitUntilState.Commit });
        await page.Locator("tbody tr a").First.WaitForAsync();
        return Stopwatch.GetElapsedTime(start);
    }

    // Waits until the overview has the very numbers of monitoring.
    private static async Task<TimeSpan> ShowsAsync(IPage overview, JsonElement varz)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (var (tile, key) in new[] { ("Connections", "connections"), ("Subscriptions", "subscriptions") })
        {
            string value = varz.GetProperty(key).GetInt64().ToString("N0", CultureInfo.InvariantCulture);
            await overview.Locator(".tile").Filter(new() { Has = overview.GetByText(tile, new() { Exact = true }) }).Locator(".value", new() { HasTextString = value }).WaitForAsync();
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task PublishAsync(LoadClient publisher, int rate, CancellationToken stop)
    {
        const int PerSecond = 50;
        byte[] chunk = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("PUB load.x 16\r\n0123456789abcdef\r\n", rate / PerSecond)));
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await publisher.SendAsync(chunk, CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // It was enough.
        }
    }
}
