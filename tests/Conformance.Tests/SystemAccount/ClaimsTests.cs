using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests.SystemAccount;

/// <summary>What operators ask about account JWTs, in the same order before either server: both answer the same, word for word.</summary>
public sealed partial class ClaimsTests
{
    private const string Full = "resolver: { type: full, dir: DIR, allow_delete: true }";

    private static readonly TestNkey Operator = TestNkey.Operator();
    private static readonly TestNkey Stranger = TestNkey.Operator();
    private static readonly TestNkey System = TestNkey.Account();
    private static readonly TestNkey App = TestNkey.Account();
    private static readonly TestNkey Late = TestNkey.Account();
    private static readonly TestNkey User = TestNkey.User();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("resolver: MEMORY")]
    [InlineData(Full)]
    [InlineData("resolver: { type: full, dir: DIR }")]
    public async Task Both_servers_answer_the_same(string resolver)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        using var theirPlace = new TemporaryFile();
        using var ourPlace = new TemporaryFile();
        await using ReferenceServer reference = await ReferenceServer.StartAsync(Configuration(resolver, theirPlace), Token);
        await using ReferenceServer ours = await ReferenceServer.StartDropInAsync(Configuration(resolver, ourPlace), Token);

        string[] theirs = await PlayAsync(reference.Port), actual = await PlayAsync(ours.Port);

        Assert.Equal(theirs, actual);
        Assert.Contains(actual, line => line.Contains("\"message\":\"jwt updated\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_sent_without_a_reply_counts_too()
    {
        await WithBothAsync(Full, async client =>
        {
            await client.SendAsync($"PUB {Of(Late, "UPDATE")} {Account(Late).Length}\r\n{Account(Late)}\r\n");
            Assert.Equal(Account(Late), (await client.RequestAsync(Of(Late, "LOOKUP"))).Text);

            string deletion = Deletion(Operator, $"\"{Late.Public}\"");
            await client.SendAsync($"PUB $SYS.REQ.CLAIMS.DELETE {deletion.Length}\r\n{deletion}\r\n");
            Assert.Equal("", (await client.RequestAsync(Of(Late, "LOOKUP"))).Text);
        });
    }

    [Theory]
    [InlineData("$SYS.REQ.CLAIMS.UPDATE")]
    [InlineData("$SYS.REQ.CLAIMS.DELETE")]
    public async Task A_header_is_no_part_of_the_JWT(string subject)
    {
        string jwt = subject.EndsWith("DELETE", StringComparison.Ordinal) ? Deletion(Operator, "") : Account(App);

        await WithBothAsync(Full, async client => Assert.Equal(200, (await client.RequestAsync(subject, jwt, "X: y")).Json("data", "code").GetInt32()));
    }

    // docs/compatibility.md, "claims-headers".
    [Fact]
    public async Task A_header_is_no_part_of_an_accounts_JWT_either()
    {
        await OnOursAsync(Full, async client => Assert.Equal(200, (await client.RequestAsync(Of(App, "UPDATE"), Account(App), "X: y")).Json("data", "code").GetInt32()));
    }

    [Fact]
    public async Task One_server_of_those_that_listen_together_answers_with_all_it_knows()
    {
        await WithBothAsync(Full, async client =>
        {
            await client.SubscribeAsync("$SYS.REQ.CLAIMS.PACK responder 7");
            var taken = new List<string>();
            for (int i = 0; i < 50; i++)
            {
                taken.Add((await client.RequestAsync("$SYS.REQ.CLAIMS.PACK", "\u0001")).Subject);
                if (taken[^1] != "$SYS.REQ.CLAIMS.PACK")
                {
                    await client.ReadAsync();
                    await client.ReadAsync();
                }
            }

            Assert.Equal(["$SYS.REQ.CLAIMS.PACK", "_INBOX.test"], taken.Distinct().Order(StringComparer.Ordinal));
        });
    }

    // docs/compatibility.md, "claims-unused".
    [Fact]
    public async Task An_account_that_nobody_has_used_can_be_updated_without_a_directory()
    {
        await OnOursAsync("resolver: MEMORY", async client =>
            Assert.Equal("jwt updated", (await client.RequestAsync(Of(App, "UPDATE"), Account(App))).Json("data", "message").GetString()));
    }

    // docs/compatibility.md, "claims-texts".
    [Theory]
    [InlineData("!.!.!")]
    [InlineData("a.b.c")]
    [InlineData("eA.eA.x")]
    [InlineData("e30.e30.x")]
    public async Task What_cannot_be_read_at_all_is_no_JWT(string body)
    {
        await OnOursAsync(Full, async client => Assert.Equal(
            "jwt update resulted in error - not a NATS JWT", (await client.RequestAsync("$SYS.REQ.CLAIMS.UPDATE", body)).Json("error", "description").GetString()));
    }

    // docs/compatibility.md, "claims-flaws".
    [Fact]
    public async Task What_makes_no_sense_in_a_JWT_is_left_out_and_the_rest_counts()
    {
        string jwt = Account(App, ",\"exports\":[{\"name\":\"bad\",\"subject\":\"a b\",\"type\":\"stream\"},{\"name\":\"good\",\"subject\":\"c\",\"type\":\"stream\"}]");

        await OnOursAsync(Full, async client =>
        {
            Assert.Equal("jwt updated", (await client.RequestAsync("$SYS.REQ.CLAIMS.UPDATE", $" {jwt} ")).Json("data", "message").GetString());
            SystemMessage account = await client.RequestAsync($"$SYS.REQ.ACCOUNT.{App.Public}.INFO");
            Assert.Equal("c", Assert.Single(account.Json("data", "exports").EnumerateArray()).GetProperty("subject").GetString());
        });
    }

    // docs/compatibility.md, "claims-expired".
    [Fact]
    public async Task Expired_accounts_are_listed_too()
    {
        await OnOursAsync(Full, async client =>
        {
            await client.RequestAsync("$SYS.REQ.CLAIMS.UPDATE", Account(App, claims: ",\"exp\":1000"));
            Assert.Contains(App.Public, (await client.RequestAsync("$SYS.REQ.CLAIMS.LIST")).Text, StringComparison.Ordinal);
        });
    }

    private static Task OnOursAsync(string resolver, Func<SystemClient, Task> act) => WithAsync(ReferenceServer.StartDropInAsync, resolver, act);

    private static async Task WithBothAsync(string resolver, Func<SystemClient, Task> act)
    {
        await OnOursAsync(resolver, act);
        if (!ReferenceServer.IsMissing)
        {
            await WithAsync(ReferenceServer.StartAsync, resolver, act);
        }
    }

    private static async Task WithAsync(Func<string, CancellationToken, Task<ReferenceServer>> start, string resolver, Func<SystemClient, Task> act)
    {
        using var place = new TemporaryFile();
        await using ReferenceServer server = await start(Configuration(resolver, place), Token);
        await using SystemClient client = await LogInAsync(server.Port, System);
        await act(client);
    }

    private static Task<SystemClient> LogInAsync(int port, TestNkey account) =>
        SystemClient.LogInAsync(port, account.Issue("user", User.Public, "u", ",\"subs\":-1,\"data\":-1,\"payload\":-1"), User);

    private static string Configuration(string resolver, TemporaryFile place) => $$"""
        operator: {{Operator.Issue("operator", Operator.Public, "op", $",\"system_account\":\"{System.Public}\"")}}
        {{resolver.Replace("DIR", $"\"{Path.Combine(place.Folder, "jwt")}\"", StringComparison.Ordinal)}}
        resolver_preload { {{System.Public}}: {{Account(System)}}, {{App.Public}}: {{Account(App)}} }

        """;

    private static async Task<string[]> PlayAsync(int port)
    {
        await using SystemClient client = await LogInAsync(port, System);
        await using SystemClient user = await LogInAsync(port, App); // nats-server has no account before somebody uses it
        var seen = new List<string>();
        foreach ((string name, string subject, string body) in Requests())
        {
            seen.Add($"# {name}");
            await client.AskAsync(subject, body);
            await client.AskAsync($"$SYS.REQ.SERVER.{client.ServerId}.GATEWAYZ", "", "X: y");
            for (SystemMessage answer = await client.ReadAsync(); !answer.Text.Contains("\"outbound_gateways\"", StringComparison.Ordinal); answer = await client.ReadAsync())
            {
                seen.Add(answer.Header.Length > 0 ? answer.Header.Trim() : ServerPart().Replace(answer.Text, "\"server\":{}"));
            }
        }

        return [.. seen];
    }

    private static IEnumerable<(string Name, string Subject, string Body)> Requests()
    {
        yield return ("look up", Of(App, "LOOKUP"), "");
        yield return ("look up nobody", Of(Late, "LOOKUP"), "");
        yield return ("look up what is no key", "$SYS.REQ.ACCOUNT.x.CLAIMS.LOOKUP", "");
        yield return ("list", "$SYS.REQ.CLAIMS.LIST", "");
        yield return ("pack", "$SYS.REQ.CLAIMS.PACK", "");
        yield return ("pack of one who has the same", "$SYS.REQ.CLAIMS.PACK", Hash(Account(System), Account(App)));
        foreach ((string name, string jwt) in Jwts())
        {
            yield return ("update: " + name, Of(App, "UPDATE"), jwt);
            yield return ("update by JWT alone: " + name, "$SYS.REQ.CLAIMS.UPDATE", jwt);
            yield return ("update as of old: " + name, $"$SYS.ACCOUNT.{App.Public}.CLAIMS.UPDATE", jwt);
        }

        yield return ("update system", Of(System, "UPDATE"), Account(System));
        yield return ("update late", Of(Late, "UPDATE"), Account(Late));
        yield return ("update late again", Of(Late, "UPDATE"), Account(Late, claims: ",\"iat\":1"));
        yield return ("update what is no key", "$SYS.REQ.ACCOUNT.x.CLAIMS.UPDATE", Account(Late));
        yield return ("list all", "$SYS.REQ.CLAIMS.LIST", "");
        yield return ("pack all", "$SYS.REQ.CLAIMS.PACK", "other");
        foreach ((string name, string jwt) in Deletions())
        {
            yield return ("delete: " + name, "$SYS.REQ.CLAIMS.DELETE", jwt);
        }

        yield return ("list what is left", "$SYS.REQ.CLAIMS.LIST", "");
        yield return ("look up what is gone", Of(Late, "LOOKUP"), "");
        yield return ("pack what is left", "$SYS.REQ.CLAIMS.PACK", "");
    }

    private static IEnumerable<(string Name, string Jwt)> Jwts()
    {
        yield return ("nothing", "");
        yield return ("a word", "hello");
        yield return ("tampered with", Account(App)[..^4] + "AAAA");
        yield return ("a user", App.Issue("user", User.Public, "u"));
        yield return ("an operator", Operator.Issue("operator", Operator.Public, "op"));
        yield return ("another account", Account(System));
        yield return ("by a stranger", Account(App, by: Stranger));
        yield return ("by a user", Account(App, by: User));
        yield return ("expired", Account(App, claims: ",\"exp\":1000"));
        yield return ("not yet", Account(App, claims: ",\"nbf\":4000000000"));
        yield return ("a good one", Account(App, ",\"mappings\":{\"a\":[{\"subject\":\"b\"}]}"));
        yield return ("the same again", Account(App, ",\"mappings\":{\"a\":[{\"subject\":\"b\"}]}"));
        yield return ("an older one", Account(App, claims: ",\"iat\":100"));
        yield return ("a newer one", Account(App, claims: ",\"iat\":200"));
    }

    private static IEnumerable<(string Name, string Jwt)> Deletions()
    {
        yield return ("nothing", "");
        yield return ("a word", "hello");
        yield return ("an account's JWT", Account(App));
        yield return ("by a stranger", Deletion(Stranger, $"\"{App.Public}\""));
        yield return ("for somebody else", Stranger.Issue("generic", Operator.Public, "", $",\"accounts\":[\"{App.Public}\"]"));
        yield return ("no list", Operator.Issue("generic", Operator.Public, ""));
        yield return ("a number", Deletion(Operator, "1"));
        yield return ("no key", Deletion(Operator, "\"zzz\""));
        yield return ("the system account", Deletion(Operator, $"\"{System.Public}\""));
        yield return ("none", Deletion(Operator, ""));
        yield return ("one that is not there", Deletion(Operator, $"\"{TestNkey.Account().Public}\""));
        yield return ("one", Deletion(Operator, $"\"{Late.Public}\""));
        yield return ("the same again", Deletion(Operator, $"\"{Late.Public}\""));
    }

    private static string Of(TestNkey account, string verb) => $"$SYS.REQ.ACCOUNT.{account.Public}.CLAIMS.{verb}";

    private static string Account(TestNkey account, string nats = "", string claims = "", TestNkey? by = null) => (by ?? Operator).Issue("account", account.Public, "a",
        ",\"limits\":{\"subs\":-1,\"data\":-1,\"payload\":-1,\"imports\":-1,\"exports\":-1,\"wildcards\":true,\"conn\":-1,\"leaf\":-1}" + nats, claims);

    private static string Deletion(TestNkey by, string accounts) => by.Issue("generic", by.Public, "", $",\"accounts\":[{accounts}]");

    // What two servers compare their directories by.
    private static string Hash(string one, string other) => Encoding.Latin1.GetString(
        [.. SHA256.HashData(Encoding.UTF8.GetBytes(one)).Zip(SHA256.HashData(Encoding.UTF8.GetBytes(other)), (left, right) => (byte)(left ^ right))]);

    [GeneratedRegex("\"server\":\\{.*?\"time\":\"[^\"]*\"\\}")]
    private static partial Regex ServerPart();
}
