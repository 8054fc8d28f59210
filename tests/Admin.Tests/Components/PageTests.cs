using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Components.Controls;
using NatsKestrel.Admin.Components.Layout;
using NatsKestrel.Admin.Components.Pages;
using Xunit;

namespace NatsKestrel.Admin.Tests.Components;

/// <summary>Pages rendered without a browser, over a real broker.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private readonly BunitContext _context = new();
    private readonly CurrentSession _current = new();
    private ConsoleApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await ConsoleApplication.StartAsync();
        _context.Services.AddFallbackServiceProvider(_app.Services.CreateScope().ServiceProvider);
        _context.Services.AddSingleton(_current);
        _context.SetRendererInfo(new RendererInfo("Server", isInteractive: false));
        _context.JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public void An_empty_server_tells_how_to_connect()
    {
        var page = _context.Render<Overview>();

        Assert.Equal("0", page.Find(".tile .value").TextContent);
        Assert.Contains("nats sub", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "UI-3")]
    public async Task A_hostile_name_is_text()
    {
        await using var client = await _app.ConnectAsync("CONNECT {\"name\":\"<img src=x onerror=alert(1)>\",\"verbose\":false}\r\nSUB <b>x</b>.> 1\r\n");

        var page = _context.Render<Connection>(parameters => parameters.Add(connection => connection.Id, OnlyId()));

        Assert.Equal("<img src=x onerror=alert(1)>", page.Find("h1").TextContent);
        Assert.Empty(page.FindAll("img, b"));
        Assert.Contains("&lt;b&gt;x&lt;/b&gt;.&gt;", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "ADM-3")]
    public async Task A_viewer_sees_what_may_not_be_done_and_why()
    {
        await using var client = await _app.ConnectAsync("CONNECT {\"verbose\":false}\r\n");
        SignIn(ConsoleRole.Viewer);

        var page = _context.Render<Connection>(parameters => parameters.Add(connection => connection.Id, OnlyId()));

        var kick = page.Find("button[data-opens=kick]");
        Assert.True(kick.HasAttribute("disabled"));
        Assert.Contains("operator", kick.GetAttribute("title"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_says_what_connections_are_sorted_by_and_which_columns_are_left_out()
    {
        SignIn(ConsoleRole.Viewer);
        var navigation = _context.Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("connections?sort=-in-msg-s&hide=library,rtt");

        var page = _context.Render<Connections>();
        page.FindAll(".chooser input").Single(box => box.ParentElement!.TextContent.Trim() == "RTT").Change(true);

        string[] titles = [.. page.FindAll("th").Select(header => header.TextContent.Trim())];
        Assert.Contains("RTT", titles);
        Assert.DoesNotContain("Library", titles);
        Assert.Equal("In msg/s", Assert.Single(page.FindAll("th[aria-sort=ascending], th[aria-sort=descending]")).TextContent.Trim());
        Assert.EndsWith("connections?sort=-in-msg-s&hide=library", navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_cuts_a_connection()
    {
        await using var client = await _app.ConnectAsync("CONNECT {\"verbose\":false}\r\n");
        SignIn(ConsoleRole.Operator);
        var page = _context.Render<Connection>(parameters => parameters.Add(connection => connection.Id, OnlyId()));

        page.Find("dialog#kick button.danger").Click();

        Assert.Contains("1 of 1 cut", page.Find("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("-ERR", await client.ReadToEndAsync(Xunit.TestContext.Current.CancellationToken), StringComparison.Ordinal); // it may have got a PING before
    }

    [Fact]
    public void A_subject_that_nobody_listens_to_is_said_to_be_lost()
    {
        _context.Services.GetRequiredService<NavigationManager>().NavigateTo("receivers?subject=orders.eu");

        var page = _context.Render<WhoReceives>();

        Assert.Contains("no responders", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_show_no_secret()
    {
        SignIn(ConsoleRole.Admin);

        var page = _context.Render<Config>();

        Assert.Contains("Nats:Console:AdminToken", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("for-the-tests", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alarm_stands_above_every_page()
    {
        await using var app = await ConsoleApplication.StartAsync(options => options.Console.Alarms.ReconnectStorm = 1);
        await using var client = await app.ConnectAsync("CONNECT {\"verbose\":false}\r\n");
        await using var context = new BunitContext();
        context.Services.AddFallbackServiceProvider(app.Services.CreateScope().ServiceProvider);
        SignIn(ConsoleRole.Viewer);
        context.Services.AddSingleton(_current);
        context.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        context.JSInterop.Mode = JSRuntimeMode.Loose;

        var layout = context.Render<MainLayout>();

        layout.WaitForAssertion(() => Assert.Contains("1 connection was accepted within ten seconds.", layout.Find("[aria-label=Alarms] .banner").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Who_is_denied_stands_beside_who_receives()
    {
        await using var app = await ConsoleApplication.StartAsync(options => options.Authorization.Users.Add(
            new() { User = "ann", Password = "secret", Permissions = new() { Publish = new() { Deny = ["orders.>"] }, Subscribe = new() { Deny = ["orders.secret"] } } }));
        await using var client = await app.ConnectAsync("CONNECT {\"verbose\":false,\"user\":\"ann\",\"pass\":\"secret\"}\r\nSUB orders.* 1\r\n");
        await using var context = new BunitContext();
        context.Services.AddFallbackServiceProvider(app.Services.CreateScope().ServiceProvider);
        context.SetRendererInfo(new RendererInfo("Server", isInteractive: false));
        context.Services.GetRequiredService<NavigationManager>().NavigateTo("receivers?subject=orders.secret");

        var page = context.Render<WhoReceives>();
        string[] denied = [.. page.FindAll("[aria-labelledby=denied] tbody tr").Select(row => string.Join('|', row.Children.Select(cell => cell.TextContent.Trim())))];

        Assert.Contains("Nobody.", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["cid 1|ann|publish|publish.deny: orders.>", "cid 1|ann|receive by its orders.*|subscribe.deny: orders.secret", "cid 1|ann|subscribe|subscribe.deny: orders.secret"], denied);
        var sees = context.Render<Sees>(parameters => parameters.Add(client => client.Id, 1));
        Assert.Equal("orders.*", sees.Find("[aria-labelledby=asks] tbody td").TextContent);
        Assert.Equal("subscribe.deny: orders.secret", sees.Find("[aria-labelledby=asks] tbody td:last-child").TextContent);
    }

    [Fact]
    public void A_sparkline_says_what_it_shows()
    {
        var line = _context.Render<Sparkline>(parameters => parameters.Add(spark => spark.Label, "Messages in /s").Add(spark => spark.Values, [1, 5, 3]));

        Assert.Equal("Messages in /s, last 3 s: now 3, least 1, most 5", line.Find("svg").GetAttribute("aria-label"));
    }

    private long OnlyId() => (long)Assert.Single(_app.Services.GetRequiredService<NatsKestrel.Broker.Connections.ConnectionRegistry>().SnapshotOpen()).Id;

    private void SignIn(ConsoleRole role)
    {
        var sessions = _app.Services.GetRequiredService<ConsoleSessions>();
        _current.Set(sessions.Find(sessions.Start(new ConsoleUser("test", role, "test"))));
    }
}
