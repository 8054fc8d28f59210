using System.Net;
using Xunit;

namespace NatsKestrel.Admin.Tests.Access;

/// <summary>What the console answers to those who have not signed in, and to those who may not.</summary>
public sealed class ConsoleDoorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/console/", "/console/sign-in?return=")]
    [InlineData("/console/connections?state=closed", "/console/sign-in?return=connections%3Fstate%3Dclosed")]
    [InlineData("/console/no-such-page", "/console/sign-in?return=no-such-page")]
    [Trait("Safety", "ADM-4")]
    public async Task Every_page_leads_to_the_sign_in(string path, string location)
    {
        await using var app = await ConsoleApplication.StartAsync();

        using var response = await app.SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(location, response.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("POST", "/console/_blazor/negotiate")]
    [InlineData("GET", "/console/_blazor")]
    [InlineData("POST", "/console/connections")]
    [Trait("Safety", "UI-8")]
    public async Task A_circuit_is_only_for_those_who_have_signed_in(string method, string path)
    {
        await using var app = await ConsoleApplication.StartAsync();

        using var response = await app.SendAsync(new HttpMethod(method), path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    [Trait("Safety", "UI-8")]
    public async Task Another_origin_gets_no_circuit(string origin)
    {
        await using var app = await ConsoleApplication.StartAsync(options => options.Console.Anonymous = true);

        using var response = await app.SendAsync(HttpMethod.Post, "/console/_blazor/negotiate?negotiateVersion=1", headers: [("Origin", origin)]);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    [Trait("Safety", "ADM-2")]
    public async Task Who_need_not_sign_in_may_only_look()
    {
        await using var app = await ConsoleApplication.StartAsync(options => options.Console.Anonymous = true);

        using var page = await app.SendAsync(HttpMethod.Get, "/console/", headers: [("X-Forwarded-For", "8.8.8.8")]);
        using var kick = await app.SendAsync(HttpMethod.Post, "/api/v1/kick", json: """{"cids":[1]}""");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, kick.StatusCode);
    }

    [Fact]
    [Trait("Safety", "ADM-2")]
    public async Task Where_others_can_reach_it_the_console_is_closed_until_it_is_safe()
    {
        const string Everywhere = "http://0.0.0.0:0";
        await using var withoutToken = await ConsoleApplication.StartAsync(
            options => options.Console = new() { Anonymous = true, InsecureHttp = true }, Everywhere);
        await using var withoutTls = await ConsoleApplication.StartAsync(url: Everywhere);
        await using var safe = await ConsoleApplication.StartAsync(options => options.Console.InsecureHttp = true, Everywhere);

        using var first = await withoutToken.SendAsync(HttpMethod.Get, "/console/");
        using var second = await withoutTls.SendAsync(HttpMethod.Get, "/console/");
        using var third = await safe.SendAsync(HttpMethod.Get, "/console/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        Assert.Contains("Nats:Console:AdminToken", await first.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains("Nats:Console:InsecureHttp", await second.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, third.StatusCode);
    }

    [Fact]
    [Trait("Safety", "UI-9")]
    public async Task Every_answer_forbids_what_a_page_must_not_do()
    {
        await using var app = await ConsoleApplication.StartAsync();

        using var response = await app.SendAsync(HttpMethod.Get, "/console/sign-in");

        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task The_root_is_the_console_for_browsers_and_the_index_for_programs()
    {
        await using var app = await ConsoleApplication.StartAsync();

        using var browser = await app.SendAsync(HttpMethod.Get, "/", headers: [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]);
        using var curl = await app.SendAsync(HttpMethod.Get, "/", headers: [("Accept", "*/*")]);

        Assert.Equal("/console/", browser.Headers.Location!.ToString());
        Assert.Contains("href=\"/varz\"", await curl.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_framework/blazor.web.js", 100_000)]
    [InlineData("_content/NatsKestrel.Admin/console.css", 5_000)]
    [InlineData("_content/NatsKestrel.Admin/console.js", 1_000)]
    public async Task The_files_of_the_pages_are_there(string path, int minLength)
    {
        await using var app = await ConsoleApplication.StartAsync();

        byte[] file = await app.Http.GetByteArrayAsync("/console/" + path, Cancel);

        Assert.True(file.Length > minLength, $"{path} has {file.Length} bytes.");
    }

    [Fact]
    public async Task Behind_a_path_base_the_pages_know_where_they_are()
    {
        await using var app = await ConsoleApplication.StartAsync(options => options.Console.Anonymous = true, pathBase: "/ops");

        string page = await app.Http.GetStringAsync("/ops/console/connections", Cancel);

        Assert.Contains("<base href=\"/ops/console/\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"../connz?", page, StringComparison.Ordinal);
    }
}
