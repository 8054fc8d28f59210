using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Tests.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

/// <summary>A service that decides about logins, and what happens where it does not. What it is asked and may answer is compared with nats-server elsewhere.</summary>
public sealed class AuthCalloutTests
{
    private const string Login = """CONNECT {"verbose":false,"user":"bob","pass":"canary","auth_token":"canary","jwt":"canary"}""" + "\r\n";

    private static readonly TestNkey Issuer = TestNkey.Account();

    [Theory]
    [Trait("Safety", "LOG-2")]
    [InlineData(false, "no answer came in time")]
    [InlineData(true, "the service returned an error: \"not today\"")]
    public async Task Who_is_refused_is_told_nothing_and_one_line_of_the_log_says_why_without_a_secret(bool answers, string why)
    {
        await using var broker = new TestBroker(options: Options());
        var callout = await StartAsync(broker, new ServerKey());
        TestClient service = await ServeAsync(broker);
        TestClient client = broker.Accept();
        await client.ReadLineAsync();

        Task sending = client.SendAsync(Login); // taken once the login is decided
        string request = await service.ReadUntilAsync("\r\n") + await service.ReadUntilAsync("\r\n");
        if (answers)
        {
            string answer = Issuer.Issue("authorization_response", Claim(request, "user_nkey"), "", ",\"error\":\"not today\"", $",\"aud\":\"{Claim(request, "iss")}\"");
            await service.SendAsync($"PUB {request.Split(' ')[3]} {answer.Length}\r\n{answer}\r\n");
        }
        else
        {
            broker.Advance(TimeSpan.FromSeconds(2));
        }

        await sending;
        Assert.Equal("-ERR 'Authorization Violation'\r\n", await client.ReadToEndAsync());
        Assert.EndsWith(why, Assert.Single(broker.Log.Find(2002)), StringComparison.Ordinal);
        Assert.DoesNotContain(broker.Log.Lines, line => line.Text.Contains("canary", StringComparison.Ordinal));
        await callout.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_server_that_asks_is_no_connection()
    {
        await using var broker = new TestBroker(options: Options());
        var callout = await StartAsync(broker, new ServerKey());
        TestClient service = await ServeAsync(broker);
        TestClient client = broker.Accept();
        await client.ReadLineAsync();

        Task sending = client.SendAsync(Login); // taken once the login is decided
        await service.ReadUntilAsync("\r\n");

        Assert.Equal(new[] { service.Connection.Id, client.Connection.Id }, broker.Registry.SnapshotOpen().Select(connection => connection.Id).Order());
        broker.Advance(TimeSpan.FromSeconds(2));
        await sending;
        await client.EndedAsync();
        await callout.StopAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(broker.Registry.SnapshotClosed(), connection => connection.Id != client.Connection.Id);
    }

    [Fact]
    [Trait("Safety", "CRASH-5")]
    public async Task It_cannot_be_switched_on_by_a_reload_of_a_server_without_a_key()
    {
        await using var broker = new TestBroker();
        var callout = await StartAsync(broker, key: null);

        Assert.Throws<ReloadRefusedException>(() => broker.Access.Prepare(new ReloadChange(new NatsBrokerOptions(), Options(), new HashSet<string>())));
        await callout.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    [Trait("Safety", "SEC-9")]
    public void Sealed_requests_stop_the_start()
    {
        NatsBrokerOptions options = Options();
        options.Authorization.AuthCallout!.XKey = "XAAACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB7QO7";

        Assert.Equal(["Nats:Authorization:AuthCallout:XKey"], AccountsValidator.Check(options).Select(rule => rule.Key));
    }

    private static async Task<TestClient> ServeAsync(TestBroker broker)
    {
        TestClient service = await broker.ConnectAsync(""","user":"auth","pass":"pw" """);
        await service.SendAsync("SUB $SYS.REQ.USER.AUTH 1\r\n");
        await service.RoundTripAsync();
        return service;
    }

    private static async Task<AuthCallout> StartAsync(TestBroker broker, ServerKey? key)
    {
        var callout = new AuthCallout(broker.Services, new ServerIdentity("test", broker.Time, key), broker.Log.For<AuthCallout>());
        await callout.StartAsync(TestContext.Current.CancellationToken);
        return callout;
    }

    private static string Claim(string request, string name)
    {
        using var claims = System.Text.Json.JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(request.Split('.')[^2]));
        return (name == "iss" ? claims.RootElement : claims.RootElement.GetProperty("nats")).GetProperty(name).GetString()!;
    }

    private static NatsBrokerOptions Options() => new()
    {
        Accounts = [new AccountOptions { Name = "AUTH", Users = [new UserOptions { User = "auth", Password = "pw" }] }],
        Authorization = { AuthCallout = new AuthCalloutOptions { Issuer = Issuer.Public, Account = "AUTH", AuthUsers = ["auth"] } },
    };
}
