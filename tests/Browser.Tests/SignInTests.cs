using Microsoft.Playwright;
using Xunit;

namespace NatsKestrel.Browser.Tests;

/// <summary>Getting in and out, in a browser.</summary>
[Collection(nameof(ConsoleCollection))]
public sealed class SignInTests(BusyBroker broker)
{
    [Fact]
    public async Task The_link_that_the_program_prints_signs_in_once()
    {
        IPage page = await broker.NewPageAsync();
        string link = new Uri(broker.ConsoleUri, $"sign-in?token={broker.PrintedToken()}").ToString();

        await page.GotoAsync(link);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
        await page.GetByText("admin", new() { Exact = true }).WaitForAsync();

        IPage again = await broker.NewPageAsync();
        await again.GotoAsync(link);
        await again.GetByRole(AriaRole.Alert).WaitForAsync();
        Assert.Contains("not valid", await again.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "UI-5")]
    public async Task The_cookie_is_for_the_server_alone()
    {
        IPage page = await broker.SignInAsync();

        BrowserContextCookiesResult cookie = Assert.Single(await page.Context.CookiesAsync(), cookie => cookie.Name == "nats-console");

        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
        Assert.DoesNotContain(BusyBroker.AdminToken, cookie.Value, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "UI-5")]
    public async Task Signing_out_ends_every_tab()
    {
        IPage page = await broker.SignInAsync(BusyBroker.ViewerToken);
        await broker.OpenAsync(page, "");
        IPage other = await page.Context.NewPageAsync();
        await broker.OpenAsync(other, "connections");

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
        await other.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
    }

    [Fact]
    [Trait("Safety", "UI-6")]
    public async Task After_signing_in_one_stays_on_this_server()
    {
        IPage page = await broker.NewPageAsync();
        foreach (string target in (string[])["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
        {
            await page.GotoAsync(new Uri(broker.ConsoleUri, $"sign-in?return={Uri.EscapeDataString(target)}").ToString());
            await BusyBroker.FillTokenAsync(page, BusyBroker.ViewerToken);
            await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
        }

        await page.GotoAsync(new Uri(broker.ConsoleUri, "sign-in?return=slow").ToString());
        await BusyBroker.FillTokenAsync(page, BusyBroker.ViewerToken);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Slow consumers" }).WaitForAsync();
    }

    [Fact]
    [Trait("Safety", "ADM-3")]
    public async Task A_viewer_reads_no_message_and_cuts_nobody()
    {
        IPage page = await broker.SignInAsync(BusyBroker.ViewerToken);

        await broker.OpenAsync(page, "connections");
        Assert.True(await page.GetByRole(AriaRole.Button, new() { Name = "Kick these…" }).IsDisabledAsync());
        await page.GotoAsync(new Uri(broker.ConsoleUri, "tap").ToString());
        await page.GetByText("Messages are for those with the role operator.").WaitForAsync();

        Assert.True(await page.GetByRole(AriaRole.Button, new() { Name = "Listen in" }).IsDisabledAsync());
    }

    [Fact]
    public async Task An_operator_cuts_a_connection_and_it_comes_back()
    {
        IPage page = await broker.SignInAsync(BusyBroker.OperatorToken);
        await broker.OpenAsync(page, "connections?filter=name:billing-worker-2");
        await page.GetByRole(AriaRole.Link, new() { Name = "billing-worker-2" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Kick…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cut it" }).ClickAsync();

        await page.GetByText("1 of 1 cut").WaitForAsync();
        await page.GetByText("ended: Kicked").WaitForAsync();
    }
}
