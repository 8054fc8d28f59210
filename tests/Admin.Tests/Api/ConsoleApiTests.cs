using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Admin.Access;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Admin.Tests.Api;

public sealed class ConsoleApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly string[] Everywhere =
    [
        "/api/v1/config", "/api/v1/audit", "/connz?auth=1&subs=detail", "/varz", "/console/", "/console/config", "/console/connections", "/console/connections?state=closed",
        "/console/connections/1", "/console/subjects", "/console/receivers?subject=a", "/console/slow", "/console/nobody", "/console/tap", "/console/publish", "/console/services",
        "/console/logs", "/console/audit",
    ];

    public static TheoryData<string, string, string> Acts => new()
    {
        { "POST", "/api/v1/kick", ConsoleApplication.ViewerToken },
        { "DELETE", "/api/v1/connections/1", ConsoleApplication.ViewerToken },
        { "PUT", "/api/v1/blocks/ann", ConsoleApplication.ViewerToken },
        { "DELETE", "/api/v1/blocks/ann", ConsoleApplication.ViewerToken },
        { "GET", "/api/v1/blocks", ConsoleApplication.ViewerToken },
        { "POST", "/api/v1/lame-duck", ConsoleApplication.OperatorToken },
        { "GET", "/api/v1/config", ConsoleApplication.ViewerToken },
        { "GET", "/api/v1/audit", ConsoleApplication.ViewerToken },
        { "GET", "/api/v1/diagnostics", ConsoleApplication.OperatorToken },
    };

    [Theory]
    [MemberData(nameof(Acts))]
    [Trait("Safety", "ADM-3")]
    public async Task An_act_needs_a_token_and_its_role(string method, string path, string tooLittle)
    {
        await using var app = await ConsoleApplication.StartAsync();
        string? json = method == "GET" ? null : "{}";

        using var nobody = await app.SendAsync(new HttpMethod(method), path, json: json);
        using var stranger = await app.SendAsync(new HttpMethod(method), path, "not-a-token-of-this-server", json);
        using var lowly = await app.SendAsync(new HttpMethod(method), path, tooLittle, json);

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, lowly.StatusCode);
    }

    [Fact]
    [Trait("Safety", "ADM-8")]
    public async Task A_kick_cuts_the_connection_and_is_written_down()
    {
        await using var app = await ConsoleApplication.StartAsync();
        await using var client = await app.ConnectAsync("CONNECT {\"name\":\"victim\",\"verbose\":false}\r\n");

        JsonElement dry = await JsonAsync(await app.SendAsync(HttpMethod.Post, "/api/v1/kick", ConsoleApplication.OperatorToken, """{"filter":"name:victim","dry_run":true}"""));
        JsonElement done = await JsonAsync(await app.SendAsync(HttpMethod.Post, "/api/v1/kick", ConsoleApplication.OperatorToken, """{"filter":"name:victim"}"""));

        Assert.Equal((false, "1 would be cut"), (dry.GetProperty("done").GetBoolean(), dry.GetProperty("text").GetString()));
        Assert.Equal((true, "1 of 1 cut"), (done.GetProperty("done").GetBoolean(), done.GetProperty("text").GetString()));
        await client.ReadToEndAsync(Cancel);
        await UntilAsync(async () => (await app.Http.GetStringAsync("/connz?state=closed", Cancel)).Contains("\"reason\": \"Kicked\"", StringComparison.Ordinal));
        JsonElement audit = await JsonAsync(await app.SendAsync(HttpMethod.Get, "/api/v1/audit", ConsoleApplication.AdminToken));
        Assert.Equal("operator token", audit[0].GetProperty("user").GetString());
        Assert.Equal("1 of 1 cut", audit[0].GetProperty("outcome").GetString());
    }

    // docs/compatibility.md, "kick-reason".
    [Fact]
    public async Task Who_is_cut_can_be_told_why()
    {
        await using var app = await ConsoleApplication.StartAsync();
        await using var client = await app.ConnectAsync("CONNECT {\"name\":\"victim\",\"verbose\":false}\r\n");

        await app.SendAsync(HttpMethod.Post, "/api/v1/kick", ConsoleApplication.OperatorToken, """{"filter":"name:victim","reason":"it's\r\nPING over"}""");

        Assert.Equal("-ERR 'itsPING over'\r\n", await client.ReadToEndAsync(Cancel));
    }

    // docs/compatibility.md, "blocked-users".
    [Fact]
    [Trait("Safety", "ADM-8")]
    public async Task A_user_is_kept_out_until_it_is_let_in_again()
    {
        await using var app = await ConsoleApplication.StartAsync(options => options.Authorization.Users = [new UserOptions { User = "ann", Password = "secret-of-ann" }, new UserOptions { User = "bob", Password = "secret-of-bob" }]);
        const string Ann = "CONNECT {\"user\":\"ann\",\"pass\":\"secret-of-ann\",\"verbose\":false}\r\n", Bob = "CONNECT {\"user\":\"bob\",\"pass\":\"secret-of-bob\",\"verbose\":false}\r\n";
        await using var ann = await app.ConnectAsync(Ann);
        await using var bob = await app.ConnectAsync(Bob);

        JsonElement done = await JsonAsync(await app.SendAsync(HttpMethod.Put, "/api/v1/blocks/ann", ConsoleApplication.OperatorToken, """{"minutes":10,"reason":"quota"}"""));

        Assert.Equal("kept out; 1 connection cut", done.GetProperty("text").GetString());
        Assert.Equal("-ERR 'quota'\r\n", await ann.ReadToEndAsync(Cancel));
        await using var again = await RawClient.ConnectAsync("127.0.0.1", app.Services.GetRequiredService<NatsServer>().ClientUri!.Port, Cancel);
        await again.SendAsync(Ann + "PING\r\n", Cancel);
        Assert.EndsWith("-ERR 'Authorization Violation'\r\n", await again.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        await using var other = await app.ConnectAsync(Bob);
        JsonElement kept = await JsonAsync(await app.SendAsync(HttpMethod.Get, "/api/v1/blocks", ConsoleApplication.OperatorToken));
        Assert.Equal("ann", kept[0].GetProperty("user").GetString());

        using var lifted = await app.SendAsync(HttpMethod.Delete, "/api/v1/blocks/ann", ConsoleApplication.OperatorToken, "{}");
        using var once = await app.SendAsync(HttpMethod.Delete, "/api/v1/blocks/ann", ConsoleApplication.OperatorToken, "{}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (lifted.StatusCode, once.StatusCode));
        await using var back = await app.ConnectAsync(Ann);
    }

    [Theory]
    [InlineData("{\"minutes\":0}")]
    [InlineData("{\"minutes\":1441}")]
    [InlineData("minutes")]
    public async Task A_user_is_kept_out_for_a_while_and_not_for_ever(string json)
    {
        await using var app = await ConsoleApplication.StartAsync();

        using var response = await app.SendAsync(HttpMethod.Put, "/api/v1/blocks/ann", ConsoleApplication.OperatorToken, json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    [Trait("Safety", "UI-3")]
    public async Task Connections_come_as_a_table_that_no_spreadsheet_calculates()
    {
        await using var app = await ConsoleApplication.StartAsync();
        await using var one = await app.ConnectAsync("CONNECT {\"name\":\"=cmd|' /C calc'!A0\",\"verbose\":false}\r\n");
        await using var two = await app.ConnectAsync("CONNECT {\"name\":\"say \\\"hi\\\"\",\"lang\":\"go\",\"verbose\":false}\r\n");

        using var all = await app.SendAsync(HttpMethod.Get, "/api/v1/connections.csv", ConsoleApplication.ViewerToken);
        using var some = await app.SendAsync(HttpMethod.Get, "/api/v1/connections.csv?filter=lang:go", ConsoleApplication.ViewerToken);
        using var wrong = await app.SendAsync(HttpMethod.Get, "/api/v1/connections.csv?filter=colour:red", ConsoleApplication.ViewerToken);

        string[] lines = (await all.Content.ReadAsStringAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains(",\"'=cmd|' /C calc'!A0\",", lines[1], StringComparison.Ordinal);
        Assert.Contains(",\"say \"\"hi\"\"\",", lines[2], StringComparison.Ordinal);
        Assert.Equal(("application/octet-stream", "attachment; filename=\"connections-open.csv\""), (all.Content.Headers.ContentType?.ToString(), all.Content.Headers.ContentDisposition?.ToString()));
        Assert.Equal(2, (await some.Content.ReadAsStringAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"cids\":[]}")]
    [InlineData("{\"cids\":[-1]}")]
    [InlineData("{\"filter\":\"colour:red\"}")]
    [InlineData("not json")]
    public async Task A_kick_of_nobody_in_particular_is_refused(string json)
    {
        await using var app = await ConsoleApplication.StartAsync();

        using var response = await app.SendAsync(HttpMethod.Post, "/api/v1/kick", ConsoleApplication.OperatorToken, json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    [Trait("Safety", "UI-7")]
    public async Task A_page_of_another_site_can_do_nothing()
    {
        await using var app = await ConsoleApplication.StartAsync();
        const string Path = "/api/v1/kick", Json = """{"filter":"name:x"}""";

        using var foreignOrigin = await app.SendAsync(HttpMethod.Post, Path, ConsoleApplication.OperatorToken, Json, ("Origin", "https://evil.example"));
        using var nullOrigin = await app.SendAsync(HttpMethod.Post, Path, ConsoleApplication.OperatorToken, Json, ("Origin", "null"));
        using var crossSite = await app.SendAsync(HttpMethod.Post, Path, ConsoleApplication.OperatorToken, Json, ("Sec-Fetch-Site", "cross-site"));
        using var form = await app.SendAsync(HttpMethod.Post, Path, ConsoleApplication.OperatorToken);
        using var own = await app.SendAsync(HttpMethod.Post, Path, ConsoleApplication.OperatorToken, Json, ("Origin", app.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)));

        Assert.All([foreignOrigin, nullOrigin, crossSite, form], response => Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        using var ownForm = await app.SendAsync(HttpMethod.Post, Path, ConsoleApplication.OperatorToken, Json, ("Origin", "null"), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.OK, ownForm.StatusCode);
    }

    [Fact]
    public async Task Who_receives_a_subject_is_told_with_queue_groups()
    {
        await using var app = await ConsoleApplication.StartAsync();
        await using var client = await app.ConnectAsync("CONNECT {\"verbose\":false}\r\nSUB orders.* 1\r\nSUB orders.eu workers 2\r\n");

        JsonElement found = await JsonAsync(await app.SendAsync(HttpMethod.Get, "/api/v1/receivers?subject=orders.eu", ConsoleApplication.ViewerToken));
        JsonElement overlapping = await JsonAsync(await app.SendAsync(HttpMethod.Get, "/api/v1/receivers?subject=*.us", ConsoleApplication.ViewerToken));

        Assert.Equal(["orders.*", "orders.eu"], found.EnumerateArray().Select(receiver => receiver.GetProperty("subject").GetString()));
        Assert.Equal("workers", found[1].GetProperty("queue").GetString());
        Assert.Equal("orders.*", Assert.Single(overlapping.EnumerateArray()).GetProperty("subject").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a%20b")]
    [InlineData("a%00b")]
    [Trait("Safety", "PARSE-8")]
    public async Task What_is_no_subject_is_refused(string subject)
    {
        await using var app = await ConsoleApplication.StartAsync();

        using var response = await app.SendAsync(HttpMethod.Get, $"/api/v1/receivers?subject={subject}", ConsoleApplication.ViewerToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    [Trait("Safety", "LOG-2")]
    public async Task No_secret_is_in_the_options_the_diagnostics_or_on_any_page()
    {
        string hash = BCrypt.Net.BCrypt.HashPassword("password-for-the-tests", 4);
        await using var app = await ConsoleApplication.StartAsync(options =>
        {
            options.Console.Users.Add(new ConsoleUserOptions { Name = "carla", Role = "admin", Password = hash });
            options.Authorization.Users.Add(new UserOptions { User = "ann", Password = "plain-for-the-tests" });
            options.Authorization.Users.Add(new UserOptions { User = "bob", Password = hash });
        });
        await using var client = await app.ConnectAsync("CONNECT {\"user\":\"ann\",\"pass\":\"plain-for-the-tests\",\"verbose\":false}\r\n");

        string session = app.Services.GetRequiredService<ConsoleSessions>().Start(new ConsoleUser("carla", ConsoleRole.Admin, "test"));
        var texts = new List<string>();
        foreach (string path in Everywhere)
        {
            using var page = await app.SendAsync(HttpMethod.Get, path, path.StartsWith("/api", StringComparison.Ordinal) ? ConsoleApplication.AdminToken : null, headers: ("Cookie", $"nats-console={session}"));
            Assert.Equal((path, HttpStatusCode.OK), (path, page.StatusCode));
            texts.Add(await page.Content.ReadAsStringAsync(Cancel));
        }

        using var response = await app.SendAsync(HttpMethod.Get, "/api/v1/diagnostics", ConsoleApplication.AdminToken);
        using var zip = new ZipArchive(new MemoryStream(await response.Content.ReadAsByteArrayAsync(Cancel)));
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(Cancel));
            texts.Add(await reader.ReadToEndAsync(Cancel));
        }

        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(zip.Entries, entry => entry.FullName == "varz.json");
        Assert.Contains("Nats:Console:AdminToken", texts[0], StringComparison.Ordinal);
        Assert.Contains("ann", texts[2], StringComparison.Ordinal);
        Assert.Contains("Nats:Console:AdminToken", texts[5], StringComparison.Ordinal);
        Assert.All(texts, text => Assert.DoesNotContain("for-the-tests", text, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.DoesNotContain(hash[7..], text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_option_says_who_set_it()
    {
        await using var app = await ConsoleApplication.StartAsync(options => options.Limits.MaxPayload = 12345);

        JsonElement options = await JsonAsync(await app.SendAsync(HttpMethod.Get, "/api/v1/config", ConsoleApplication.AdminToken));

        JsonElement payload = options.EnumerateArray().Single(option => option.GetProperty("key").GetString() == "Nats:Limits:MaxPayload");
        JsonElement ping = options.EnumerateArray().Single(option => option.GetProperty("key").GetString() == "Nats:KeepAlive:PingMax");
        Assert.Equal(("12345", "code"), (payload.GetProperty("value").GetString(), payload.GetProperty("source").GetString()));
        Assert.Equal(("2", "default"), (ping.GetProperty("value").GetString(), ping.GetProperty("source").GetString()));
    }

    // The connection is listed as closed a moment after its socket is.
    private static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        for (int tries = 0; tries < 1000; tries++)
        {
            if (await isTrue())
            {
                return;
            }
        }

        Assert.Fail("It did not come true.");
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using (response)
        {
            string text = await response.Content.ReadAsStringAsync(Cancel);
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonDocument.Parse(text).RootElement;
        }
    }
}
