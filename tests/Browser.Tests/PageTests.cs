using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace NatsKestrel.Browser.Tests;

/// <summary>The console in a browser, over a broker that is at work.</summary>
[Collection(nameof(ConsoleCollection))]
public sealed class PageTests(BusyBroker broker)
{
    public static TheoryData<string> PagesWithSignIn => [.. ConsolePages.All, "sign-in"];

    [Theory]
    [MemberData(nameof(PagesWithSignIn))]
    [Trait("Safety", "UI-9")]
    public async Task No_page_breaks_the_content_security_policy_or_shuts_anybody_out_in_either_theme_or_on_a_telephone(string path)
    {
        IPage page = await broker.SignedInAsync();
        var complaints = new ConcurrentQueue<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Enqueue(error);
        await broker.OpenAsync(page, path, withRates: false);
        Assert.Empty(complaints);
        Assert.NotEqual("owned", await page.TitleAsync());

        string inLight = await AxeAsync(page);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        string inDark = await AxeAsync(page);
        await page.SetViewportSizeAsync(390, 844);
        int width = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");

        Assert.True(inLight.Length == 0, inLight);
        Assert.True(inDark.Length == 0, inDark);
        Assert.True(width <= 390, $"{path} is {width} px wide.");
    }

    [Fact]
    public async Task The_numbers_are_those_of_monitoring()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "");

        JsonElement varz = await broker.MonitoringAsync("/varz");

        Assert.Equal(varz.GetProperty("connections").GetInt32(), await NumberAsync(page, "Connections"));
        Assert.Equal(varz.GetProperty("subscriptions").GetInt64(), await NumberAsync(page, "Subscriptions"));
        Assert.Equal(varz.GetProperty("slow_consumers").GetInt64(), await NumberAsync(page, "Slow consumers"));
        Assert.True(await NumberAsync(page, "Messages in /s") > 0);
    }

    [Fact]
    public async Task Every_connection_of_monitoring_is_in_the_list_by_its_name()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "connections");

        foreach (string name in (string[])["orders-api", "dashboard", "payments", "billing-worker-1"])
        {
            JsonElement expected = await broker.ConnectionAsync(name);
            ILocator row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
            Assert.StartsWith($"{expected.GetProperty("cid").GetUInt64()}", (await row.InnerTextAsync()).Trim(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_filter_narrows_the_list_and_stays_in_the_address()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "connections");

        await page.GetByLabel("Filter").FillAsync("name:billing-worker-*");
        await page.GetByLabel("Filter").PressAsync("Enter");
        await page.GetByText("3 of ").WaitForAsync();

        await Assertions.Expect(page.Locator("tbody tr a")).ToHaveCountAsync(3);
        Assert.Contains("filter=name:billing-worker-*", Uri.UnescapeDataString(page.Url), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_and_the_columns_stay_in_the_address_and_make_a_view_that_the_browser_keeps()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "connections");
        ILocator library = page.GetByRole(AriaRole.Columnheader, new() { Name = "Library" });

        await page.GetByRole(AriaRole.Columnheader, new() { Name = "Pending" }).GetByRole(AriaRole.Button).ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("sort=pending", StringComparison.Ordinal));
        await page.Locator("summary", new() { HasText = "Columns" }).ClickAsync();
        await page.GetByLabel("Library").ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("hide=library", StringComparison.Ordinal));
        await Assertions.Expect(library).ToHaveCountAsync(0);
        string address = page.Url;
        await page.Locator("summary", new() { HasText = "Views" }).ClickAsync();
        await page.GetByLabel("Name of this view").FillAsync("<b>most waiting</b>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep this view" }).ClickAsync();

        await broker.OpenAsync(page, "connections");
        await Assertions.Expect(library).ToHaveCountAsync(1);
        await page.Locator("summary", new() { HasText = "Views" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "<b>most waiting</b>" }).ClickAsync();

        await page.WaitForURLAsync(address);
        await Assertions.Expect(library).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("th[aria-sort=ascending], th[aria-sort=descending]")).ToContainTextAsync("Pending");
        await page.Locator("summary", new() { HasText = "Views" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Forget" }).ClickAsync();
        await page.GetByText("None yet.").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByText("None yet.")).Not.ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_request_is_tapped_with_its_answer_edited_and_published_again_by_keys()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "tap?subject=payments.authorize&where=size%3C10");
        ILocator request = page.GetByLabel("Messages").Locator("tr", new() { HasText = "answered after" });
        await page.GetByLabel("Messages").Locator("tr", new() { HasText = "answer after" }).First.WaitForAsync();
        await request.First.Locator("button").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "hex" }).ClickAsync();
        await page.GetByText("0000  34 32").WaitForAsync();

        await page.Keyboard.PressAsync("r");
        ILocator payload = page.GetByLabel("Payload", new() { Exact = true });
        await Assertions.Expect(payload).ToHaveValueAsync("42");
        await Assertions.Expect(page.GetByLabel("Subject", new() { Exact = true })).ToHaveValueAsync("payments.authorize");
        await payload.FillAsync("43");
        await payload.PressAsync("Control+Enter");

        await page.GetByText("Published.").WaitForAsync();
        await page.GetByText("'payments.authorize' '43'").WaitForAsync();
        await page.GotoAsync(new Uri(broker.ConsoleUri, "publish").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "payments.authorize" }).First.ClickAsync();
        await Assertions.Expect(payload).ToHaveValueAsync("43");
    }

    [Fact]
    public async Task A_tap_that_cannot_be_understood_says_so()
    {
        IPage page = await broker.SignedInAsync();

        await page.GotoAsync(new Uri(broker.ConsoleUri, "tap?subject=a&where=colour%3Ared").ToString());

        await page.GetByText("Not understood: colour:red").WaitForAsync();
    }

    [Theory]
    [InlineData("connections", "connections-open.csv", "orders-api")]
    [InlineData("nobody", "nobody.csv", "order.eu.created")]
    public async Task The_tables_of_a_page_are_saved_as_CSV(string path, string name, string text)
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, path);
        await page.GetByText(text).First.WaitForAsync();

        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync());

        using var reader = new StreamReader(await download.CreateReadStreamAsync());
        string csv = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(name, download.SuggestedFilename);
        Assert.Contains($"\"{text}", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_consumer_is_explained_after_it_is_gone()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "slow");

        ILocator slow = page.Locator("details.event").First;
        string text = await slow.InnerTextAsync();

        Assert.Contains("ticks-archive", text, StringComparison.Ordinal);
        Assert.Contains("Slow Consumer (Pending Bytes)", text, StringComparison.Ordinal);
        Assert.Contains("The subject ticks.eu is 8", text, StringComparison.Ordinal);
        Assert.Contains("ticker", text, StringComparison.Ordinal);
        JsonElement slowz = await broker.MonitoringAsync("/slowz");
        Assert.Equal("ticks-archive", slowz.GetProperty("events")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_message_to_nobody_is_found_with_what_was_meant()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "nobody");

        ILocator row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "order.eu.created" });

        await row.GetByRole(AriaRole.Link, new() { Name = "orders.*.created" }).WaitForAsync();
        await page.GetByText("payments.refund").WaitForAsync();
        await Assertions.Expect(page.GetByText("$SYS.SERVER")).ToHaveCountAsync(0);
    }

    [Fact]
    [Trait("Safety", "UI-3")]
    public async Task Names_and_subjects_of_strangers_are_shown_and_not_run()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "connections?filter=name:%3Cimg*");
        await page.GetByText("<img src=x onerror=").Filter(new() { Visible = true }).First.WaitForAsync();
        Assert.NotEqual("owned", await page.TitleAsync());

        await broker.OpenAsync(page, "tap?subject=evil.%3E");
        await page.GetByText("<b>bold</b>").Filter(new() { Visible = true }).First.WaitForAsync();

        Assert.NotEqual("owned", await page.TitleAsync());
        Assert.Equal(0, await page.Locator("main img, main b, main script").CountAsync());
    }

    [Fact]
    public async Task Every_page_is_reached_by_keyboard()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "");

        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("c");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Connections", Exact = true }).WaitForAsync();
        await page.Locator("tbody tr a").First.WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Who", Exact = true }).WaitForAsync();
        await page.Keyboard.PressAsync("?");
        Assert.True(await page.Locator("dialog#keys").IsVisibleAsync());
        await page.Keyboard.PressAsync("Escape");
        Assert.False(await page.Locator("dialog#keys").IsVisibleAsync());
    }

    [Fact]
    public async Task A_grid_is_one_stop_of_the_Tab_key_and_the_arrows_move_in_it()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "connections");
        await page.Locator("tbody tr a").Nth(1).WaitForAsync();

        await page.Locator("[data-filter]").FocusAsync();
        for (int presses = 0; presses < 10 && !await IsInGridAsync(); presses++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        string first = await FocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        string second = await FocusedAsync();
        await page.Keyboard.PressAsync("Home");
        string home = await FocusedAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        string header = await FocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Tab");

        Assert.Equal(1, await page.Locator("[data-grid] :is(a, button, input)[tabindex='0']").CountAsync());
        Assert.NotEqual(first, second);
        Assert.Equal(first, home);
        Assert.StartsWith("BUTTON", header, StringComparison.Ordinal);
        Assert.False(await IsInGridAsync());

        Task<bool> IsInGridAsync() => page.EvaluateAsync<bool>("() => document.activeElement.closest('[data-grid] table') !== null");
        Task<string> FocusedAsync() => page.EvaluateAsync<string>("() => `${document.activeElement.tagName} ${document.activeElement.textContent} ${document.activeElement.getAttribute('aria-label')}`");
    }

    [Fact]
    public async Task Charts_can_be_read_as_tables()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "");

        await page.GetByText("as table", new() { Exact = true }).ClickAsync();

        await page.GetByRole(AriaRole.Columnheader, new() { Name = "Messages in /s", Exact = true }).WaitForAsync();
        await page.GetByRole(AriaRole.Rowheader, new() { Name = "0", Exact = true }).WaitForAsync();
        await page.GetByText("as table", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Columnheader, new() { Name = "Messages in /s", Exact = true }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    [Fact]
    public async Task The_palette_leads_to_subjects_and_connections()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "");

        ILocator palette = page.Locator("dialog#palette");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("who orders.eu.created");
        await palette.GetByRole(AriaRole.Link, new() { Name = "Who receives orders.eu.created" }).WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Queue group billing" }).WaitForAsync();

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("dashb");
        await palette.GetByRole(AriaRole.Link, new() { Name = "Who receives dashb subject", Exact = true }).WaitForAsync(); // all of it has been taken in
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "dashboard", Exact = true }).WaitForAsync();
        Assert.False(await palette.IsVisibleAsync());
    }

    [Fact]
    public async Task Keys_select_rows_do_nothing_while_somebody_types_and_can_be_turned_off()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "connections?filter=name:billing-worker-*");
        await page.Locator("tbody tr a").First.WaitForAsync();

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("x");
        await page.GetByRole(AriaRole.Button, new() { Name = "Kick 1 selected…" }).WaitForAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("?gs");
        Assert.EndsWith("?gs", await page.GetByLabel("Filter").InputValueAsync(), StringComparison.Ordinal);
        Assert.False(await page.Locator("dialog#keys").IsVisibleAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Keys" }).ClickAsync();
        await page.GetByLabel("Use these keys").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        Assert.False(await page.Locator("dialog#keys").IsVisibleAsync());
    }

    [Fact]
    public async Task Pausing_holds_the_numbers_still()
    {
        IPage page = await broker.SignedInAsync();
        await broker.OpenAsync(page, "connections?filter=name:orders-api");
        await page.Keyboard.PressAsync("p");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).WaitForAsync();

        string before = await page.Locator("tbody").InnerTextAsync();
        await ConsolePages.TwoTicksAsync(page);

        Assert.Equal(before, await page.Locator("tbody").InnerTextAsync());
    }

    [Fact]
    public async Task The_first_load_is_small_and_asks_nobody_else()
    {
        IPage page = await broker.NewPageAsync();
        var responses = new ConcurrentQueue<IResponse>();
        page.Response += (_, response) => responses.Enqueue(response);

        await broker.SignInOnAsync(page, BusyBroker.ViewerToken);
        await page.WaitForFunctionAsync("() => document.querySelector('[data-live]')");

        // Each file once: the second page has the scripts of the first from the browser's cache.
        var sizes = new Dictionary<string, int>();
        foreach (IResponse response in responses.Where(response => response.Status == 200))
        {
            Assert.Equal(broker.HttpUri.Authority, new Uri(response.Url).Authority);
            sizes.TryAdd(response.Url, (await response.Request.SizesAsync()).ResponseBodySize);
        }

        Assert.True(sizes.Values.Sum() is > 0 and < 100 * 1024, string.Join('\n', sizes));
    }

    private static async Task<long> NumberAsync(IPage page, string tile)
    {
        string text = await page.Locator(".tile").Filter(new() { Has = page.GetByText(tile, new() { Exact = true }) }).Locator(".value").InnerTextAsync();
        return long.Parse(text.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> AxeAsync(IPage page)
    {
        await page.EvaluateAsync(BusyBroker.AxeScript);
        return await page.EvaluateAsync<string>(
            """
            async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })).violations
              .map(v => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map(n => `  ${n.html}\n  ${n.failureSummary}`).join("\n")).join("\n")
            """);
    }
}
