using System.Text.Json;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>One service that decides about logins, and one row of clients, before either server: what they see must be the same.</summary>
public sealed class AuthCalloutTests
{
    private const string Service = """CONNECT {"verbose":false,"headers":true,"no_responders":true,"user":"auth","pass":"pw"}""";

    private static readonly TestNkey Issuer = TestNkey.Account();
    private static readonly TestNkey Stranger = TestNkey.Account();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_see_the_same_before_either_server()
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        await using ReferenceServer reference = await ReferenceServer.StartAsync(Configuration, Token);
        await using ReferenceServer ours = await ReferenceServer.StartDropInAsync(Configuration, Token);

        string[] expected = await RunAsync(reference.Port), actual = await RunAsync(ours.Port);

        Assert.Equal(expected, actual);
        Assert.Contains("error: -ERR 'Authorization Violation'", actual);
    }

    [Fact]
    public async Task The_request_has_the_same_fields_before_either_server()
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        await using ReferenceServer reference = await ReferenceServer.StartAsync(Configuration, Token);
        await using ReferenceServer ours = await ReferenceServer.StartDropInAsync(Configuration, Token);

        Assert.Equal(await FieldsAsync(reference.Port), await FieldsAsync(ours.Port));
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("no JWT")]
    [InlineData("silent")]
    public async Task The_services_account_is_told_whom_it_did_not_let_in(string answer)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        await using ReferenceServer reference = await ReferenceServer.StartAsync(Configuration, Token);
        await using ReferenceServer ours = await ReferenceServer.StartDropInAsync(Configuration, Token);

        string theirs = await RefusalAsync(reference.Port, answer), actual = await RefusalAsync(ours.Port, answer);

        Assert.Equal(JsonFields.Of(theirs), JsonFields.Of(actual));
        Assert.Equal(Client(theirs, "acc"), Client(actual, "acc"));
        Assert.Equal(Client(theirs, "user"), Client(actual, "user"));
    }

    // docs/compatibility.md, "callout-reasons".
    [Fact]
    public async Task The_services_account_is_told_why_also_where_no_answer_came()
    {
        await using ReferenceServer ours = await ReferenceServer.StartDropInAsync(Configuration, Token);

        Assert.Contains("\"reason\":\"no answer came in time\"", await RefusalAsync(ours.Port, "silent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_of_an_account_with_a_service_see_the_same_in_operator_mode()
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        var setup = new OperatorSetup();
        await using ReferenceServer reference = await ReferenceServer.StartAsync(setup.Configuration, Token);
        await using ReferenceServer ours = await ReferenceServer.StartDropInAsync(setup.Configuration, Token);

        Assert.Equal(await setup.RunAsync(reference.Port), await setup.RunAsync(ours.Port));
    }

    [Fact]
    [Trait("Safety", "AUTHZ-1")]
    public async Task A_user_may_only_come_in_the_way_its_JWT_says()
    {
        await using ReferenceServer ours = await ReferenceServer.StartDropInAsync(Configuration, Token);
        await using RawClient service = await ConnectServiceAsync(ours.Port);

        Assert.Equal("-ERR 'Authorization Violation'", await LogInAsync(ours.Port, service, Named, request => Answer(request, nats: ",\"allowed_connection_types\":[\"WEBSOCKET\"]")));
        Assert.Equal("-ERR 'Authorization Violation'", await LogInAsync(ours.Port, service, Named, request => Answer(request, nats: ",\"src\":[\"10.0.0.0/8\"]")));
    }

    private static string Configuration => $$"""
        accounts { AUTH { users: [ {user: auth, password: pw} ] }, APP { users: [ {user: app, password: pw} ] }, LEFT { users: [ {user: left, password: pw} ] }, SYS {} }
        system_account: SYS
        authorization { timeout: 1s, auth_callout { issuer: {{Issuer.Public}}, account: AUTH, auth_users: [ auth ], allowed_accounts: [ APP, AUTH ] } }

        """;

    private const string Named = "\"user\":\"bob\",\"pass\":\"canary\"";

    private static async Task<string[]> RunAsync(int port)
    {
        await using RawClient service = await ConnectServiceAsync(port);
        var seen = new List<string>();
        foreach ((string name, string login, Func<JsonElement, string?> answer) in Cases())
        {
            seen.Add($"{name}: {await LogInAsync(port, service, login, answer)}");
        }

        await service.SendAsync("PUB $SYS.REQ.USER.AUTH 1\r\nx\r\nPING\r\n", Token);
        seen.Add(await service.ReadUntilAsync("PONG\r\n", Token));
        return [.. seen];
    }

    private static IEnumerable<(string Name, string Login, Func<JsonElement, string?> Answer)> Cases()
    {
        yield return ("good", Named, request => Answer(request));
        yield return ("by token", "\"auth_token\":\"t\"", request => Answer(request));
        yield return ("nothing shown", "\"lang\":\"x\"", request => Answer(request));
        yield return ("a user of the settings", "\"user\":\"app\",\"pass\":\"pw\"", request => Answer(request));
        yield return ("limited", Named, request => Answer(request, nats: ",\"pub\":{\"allow\":[\"x\"]},\"sub\":{\"deny\":[\"mine\"]}"));
        yield return ("error", Named, request => Respond(request, ",\"error\":\"no\""));
        yield return ("empty", Named, _ => "");
        yield return ("no JWT", Named, _ => "hello");
        yield return ("silent", Named, _ => null);
        yield return ("no such account", Named, request => Answer(request, account: "NOPE"));
        yield return ("no account", Named, request => Answer(request, account: ""));
        yield return ("another account", Named, request => Answer(request, account: "LEFT"));
        yield return ("a user of an account that is left alone, with a wrong password", "\"user\":\"left\",\"pass\":\"no\"", request => Answer(request));
        yield return ("for another server", Named, request => Respond(request, Jwt(request), audience: "NAAA"));
        yield return ("for another user", Named, request => Respond(request, Jwt(request), subject: TestNkey.User().Public));
        yield return ("with another user", Named, request => Respond(request, Jwt(request, subject: TestNkey.User().Public)));
        yield return ("by a stranger", Named, request => Respond(request, Jwt(request), by: Stranger));
        yield return ("user by a stranger", Named, request => Respond(request, Jwt(request, by: Stranger)));
        yield return ("expired", Named, request => Answer(request, claims: ",\"exp\":1000"));
        yield return ("the service with a wrong password", "\"user\":\"auth\",\"pass\":\"no\"", request => Answer(request));
        yield return ("another service user", "\"user\":\"auth\",\"pass\":\"pw\"", _ => null);
        yield return ("a user of an account that is left alone", "\"user\":\"left\",\"pass\":\"pw\"", _ => null);
    }

    // What the client hears of its login; then where it is, and what it may.
    private static async Task<string> LogInAsync(int port, RawClient service, string login, Func<JsonElement, string?> answer)
    {
        await using RawClient client = await RawClient.ConnectAsync(ReferenceServer.Host, port, Token);
        await client.ReadLineAsync(Token);
        Task<string> heard = HearAsync(client);
        await client.SendAsync($"CONNECT {{\"verbose\":false,\"pedantic\":false,\"protocol\":1,{login}}}\r\nPING\r\nSUB mine 1\r\nPUB y 0\r\n\r\nPING\r\n", Token);
        if (!login.Contains("\"auth\"", StringComparison.Ordinal) && !login.Contains("\"user\":\"left\",\"pass\":\"pw\"", StringComparison.Ordinal))
        {
            (string reply, JsonElement request) = await ReadRequestAsync(service);
            if (answer(request) is { } body)
            {
                await service.SendAsync($"PUB {reply} {body.Length}\r\n{body}\r\n", Token);
            }
        }

        return await heard;
    }

    private static async Task<string> HearAsync(RawClient client)
    {
        var heard = new List<string>();
        for (int pongs = 0; pongs < 2;)
        {
            string line = (await client.ReadLineAsync(Token)).TrimEnd();
            if (line.StartsWith("INFO ", StringComparison.Ordinal))
            {
                using var info = JsonDocument.Parse(line[5..]);
                line = $"in {info.RootElement.GetProperty("remote_account")}";
            }

            heard.Add(line);
            pongs += line == "PONG" ? 1 : line.Length == 0 || line.Contains("Authorization", StringComparison.Ordinal) ? 2 : 0;
        }

        return string.Join(", ", heard);
    }

    private static async Task<string[]> FieldsAsync(int port)
    {
        await using RawClient service = await ConnectServiceAsync(port);
        await using RawClient client = await RawClient.ConnectAsync(ReferenceServer.Host, port, Token);
        await client.SendAsync($"CONNECT {{{Named},\"name\":\"me\",\"lang\":\"x\",\"version\":\"1\"}}\r\n", Token);

        (string reply, JsonElement request) = await ReadRequestAsync(service);

        Assert.StartsWith("$SYS._INBOX.", reply, StringComparison.Ordinal);
        return [.. Fields("", request)];
    }

    // Names and what does not change from run to run.
    private static IEnumerable<string> Fields(string place, JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().SelectMany(member => Fields($"{place}/{member.Name}", member.Value))
        : [place.Split('/')[^1] is "exp" or "iat" or "jti" or "iss" or "sub" or "id" or "user_nkey" || place.EndsWith("server_id/name", StringComparison.Ordinal) ? place : $"{place} = {element}"];

    private static string? Client(string told, string name) => JsonDocument.Parse(told).RootElement.GetProperty("client").GetProperty(name).GetString();

    private static async Task<string> RefusalAsync(int port, string answer)
    {
        await using RawClient service = await ConnectServiceAsync(port);
        await service.SendAsync("SUB $SYS.ACCOUNT.CLIENT.AUTH.ERR 2\r\nPING\r\n", Token);
        await service.ReadUntilAsync("PONG\r\n", Token);
        await LogInAsync(port, service, Named, request => answer switch { "refused" => Respond(request, ",\"error\":\"no\""), "silent" => null, _ => answer });
        string line = await service.ReadLineAsync(Token);
        Assert.StartsWith("MSG $SYS.ACCOUNT.CLIENT.AUTH.ERR 2 ", line, StringComparison.Ordinal);
        return await service.ReadAsync(int.Parse(line.Split(' ')[^1], provider: null), Token);
    }

    private static async Task<RawClient> ConnectServiceAsync(int port)
    {
        RawClient service = await RawClient.ConnectAsync(ReferenceServer.Host, port, Token);
        await service.SendAsync($"{Service}\r\nSUB $SYS.REQ.USER.AUTH 1\r\nPING\r\n", Token);
        await service.ReadUntilAsync("PONG\r\n", Token);
        return service;
    }

    private static async Task<(string Reply, JsonElement Request)> ReadRequestAsync(RawClient service)
    {
        string line;
        do
        {
            line = await service.ReadLineAsync(Token);
        }
        while (!line.StartsWith("MSG ", StringComparison.Ordinal));

        string[] parts = line.Split(' ');
        string jwt = await service.ReadAsync(int.Parse(parts[4], provider: null) + 2, Token);
        using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(jwt.Split('.')[1]));
        return (parts[3], claims.RootElement.Clone());
    }

    private static string Answer(JsonElement request, string nats = "", string claims = "", string account = "APP") => Respond(request, Jwt(request, nats, claims, account));

    private static string Jwt(JsonElement request, string nats = "", string claims = "", string account = "APP", string? subject = null, TestNkey? by = null) =>
        $",\"jwt\":\"{(by ?? Issuer).Issue("user", subject ?? UserNkey(request), "bob", ",\"subs\":-1,\"data\":-1,\"payload\":-1" + nats, $",\"aud\":\"{account}\"{claims}")}\"";

    private static string Respond(JsonElement request, string nats, string? audience = null, string? subject = null, TestNkey? by = null) =>
        (by ?? Issuer).Issue("authorization_response", subject ?? UserNkey(request), "", nats, $",\"aud\":\"{audience ?? request.GetProperty("iss").GetString()}\"");

    private static string UserNkey(JsonElement request) => request.GetProperty("nats").GetProperty("user_nkey").GetString()!;

    /// <summary>An account whose service decides about its users, one that it may put them into, and one that it may not.</summary>
    private sealed class OperatorSetup
    {
        private readonly TestNkey _operator = TestNkey.Operator();
        private readonly TestNkey _system = TestNkey.Account();
        private readonly TestNkey _auth = TestNkey.Account();
        private readonly TestNkey _signer = TestNkey.Account();
        private readonly TestNkey _app = TestNkey.Account();
        private readonly TestNkey _other = TestNkey.Account();
        private readonly TestNkey _service = TestNkey.User();
        private readonly TestNkey _sentinel = TestNkey.User();

        public string Configuration => $$"""
            operator: {{_operator.Issue("operator", _operator.Public, "op", $",\"system_account\":\"{_system.Public}\"")}}
            authorization { timeout: 1s }
            resolver: MEMORY
            resolver_preload {
              {{_system.Public}}: {{Account(_system, "")}}
              {{_auth.Public}}: {{Account(_auth, $",\"signing_keys\":[\"{_signer.Public}\"],\"authorization\":{{\"auth_users\":[\"{_service.Public}\"],\"allowed_accounts\":[\"{_app.Public}\"]}}")}}
              {{_app.Public}}: {{Account(_app, "")}}
              {{_other.Public}}: {{Account(_other, "")}}
            }

            """;

        public async Task<string[]> RunAsync(int port)
        {
            await using RawClient service = await RawClient.ConnectAsync(ReferenceServer.Host, port, Token);
            await ConnectAsync(service, User(_auth, _service), _service);
            await service.SendAsync("SUB $SYS.REQ.USER.AUTH 1\r\nPING\r\n", Token);
            await service.ReadUntilAsync("PONG\r\n", Token);
            string sentinel = _auth.Issue("user", _sentinel.Public, "sentinel", Unlimited + ",\"bearer_token\":true");
            return
            [
                await AskAsync("into the app", sentinel, request => Answer(request, _app)),
                await AskAsync("into its own", sentinel, request => Answer(request, _auth)),
                await AskAsync("into another", sentinel, request => Answer(request, _other)),
                await AskAsync("by a signing key", sentinel, request => Answer(request, _app, _signer)),
                await AskAsync("by the app", sentinel, request => Answer(request, _app, _app)),
                await AskAsync("an error", sentinel, request => Respond(request, ",\"error\":\"no\"", by: _auth)),
                await AskAsync("signed by the client", User(_auth, _sentinel), request => Answer(request, _app), _sentinel),
                await AskAsync("not signed", User(_auth, _sentinel), null),
                await AskAsync("of another account", User(_other, _sentinel), null, _sentinel),
            ];

            async Task<string> AskAsync(string name, string jwt, Func<JsonElement, string>? answer, TestNkey? signer = null)
            {
                await using RawClient client = await RawClient.ConnectAsync(ReferenceServer.Host, port, Token);
                await ConnectAsync(client, jwt, signer);
                if (answer is not null)
                {
                    (string reply, JsonElement request) = await ReadRequestAsync(service);
                    string body = answer(request);
                    await service.SendAsync($"PUB {reply} {body.Length}\r\n{body}\r\n", Token);
                }

                await client.SendAsync("SUB mine 1\r\nPING\r\n", Token);
                return $"{name}: {await HearAsync(client)}";
            }
        }

        private const string Unlimited = ",\"subs\":-1,\"data\":-1,\"payload\":-1";

        private static string User(TestNkey account, TestNkey user) => account.Issue("user", user.Public, "u", Unlimited);

        private static async Task ConnectAsync(RawClient client, string jwt, TestNkey? signer)
        {
            using var info = JsonDocument.Parse((await client.ReadLineAsync(Token))[5..]);
            string signature = signer?.Sign(info.RootElement.GetProperty("nonce").GetString()!) ?? "";
            await client.SendAsync($"CONNECT {{\"verbose\":false,\"protocol\":1,\"jwt\":\"{jwt}\",\"sig\":\"{signature}\"}}\r\nPING\r\n", Token);
        }

        private string Account(TestNkey account, string nats) => _operator.Issue("account", account.Public, "a",
            ",\"limits\":{\"subs\":-1,\"data\":-1,\"payload\":-1,\"imports\":-1,\"exports\":-1,\"wildcards\":true,\"conn\":-1,\"leaf\":-1}" + nats);

        private string Answer(JsonElement request, TestNkey account, TestNkey? by = null) =>
            Respond(request, $",\"jwt\":\"{account.Issue("user", UserNkey(request), "bob", Unlimited)}\"", by: by ?? _auth);
    }
}
