using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Tests.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

/// <summary>Logins by JWT, each signed here as the <c>nsc</c> tool signs it.</summary>
public sealed class OperatorModeTests
{
    private const string Violation = "-ERR 'Authorization Violation'\r\n";

    private readonly TestNkey _operator = TestNkey.Operator();
    private readonly TestNkey _account = TestNkey.Account();
    private readonly TestNkey _signer = TestNkey.Account();
    private readonly TestNkey _user = TestNkey.User();

    [Fact]
    public async Task A_user_signed_by_its_account_logs_in_by_signing_the_nonce()
    {
        await using var broker = new TestBroker(options: Options());

        TestClient client = await LoginAsync(broker, User(_account));
        await client.RoundTripAsync();

        ConnectionSnapshot snapshot = client.Connection.Snapshot();
        Assert.Equal((_user.Public, _account.Public), (snapshot.AuthorizedUser, snapshot.AccountName));
    }

    [Fact]
    public async Task A_users_JWT_of_version_1_is_refused()
    {
        await using var broker = new TestBroker(options: Options());
        string claims = User(_account).Split('.')[1];
        string old = $"{TestNkey.Part("""{"typ":"jwt","alg":"ed25519"}""")}.{claims}.{_account.Sign(claims)}";

        TestClient client = await LoginAsync(broker, old);

        Assert.Equal(Violation, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_signing_key_of_the_account_is_as_good_as_its_own()
    {
        await using var broker = new TestBroker(options: Options());

        TestClient client = await LoginAsync(broker, User(_signer, $",\"issuer_account\":\"{_account.Public}\""));

        Assert.Equal("", await client.RoundTripAsync());
    }

    [Fact]
    public async Task A_bearer_token_needs_no_signature_unless_the_account_forbids_it()
    {
        await using var broker = new TestBroker(options: Options());
        await using var strict = new TestBroker(options: Options(",\"limits\":{\"disallow_bearer\":true,\"conn\":-1,\"subs\":-1,\"payload\":-1}"));
        string jwt = User(_account, ",\"bearer_token\":true");

        TestClient allowed = await LoginAsync(broker, jwt, sign: false);
        TestClient refused = await LoginAsync(strict, jwt, sign: false);

        Assert.Equal("", await allowed.RoundTripAsync());
        Assert.Equal(Violation, await refused.ReadToEndAsync());
    }

    [Theory]
    [Trait("Safety", "SEC-6")]
    [InlineData("no signature")]
    [InlineData("of another account")]
    [InlineData("expired")]
    [InlineData("not yet")]
    [InlineData("tampered with")]
    [InlineData("another way in")]
    [InlineData("from elsewhere")]
    [InlineData("no JWT")]
    public async Task A_broken_link_of_the_chain_does_not_log_in(string flaw)
    {
        await using var broker = new TestBroker(options: Options());
        long now = broker.Time.GetUtcNow().ToUnixTimeSeconds();
        string jwt = flaw switch
        {
            "of another account" => User(TestNkey.Account()),
            "expired" => User(_account, claims: $",\"exp\":{now - 1}"),
            "not yet" => User(_account, claims: $",\"nbf\":{now + 60}"),
            "tampered with" => $"{string.Join('.', User(_account, name: "eve").Split('.')[..2])}.{User(_account).Split('.')[2]}",
            "another way in" => User(_account, ",\"allowed_connection_types\":[\"WEBSOCKET\"]"),
            "from elsewhere" => User(_account, ",\"src\":[\"10.0.0.0/8\"]"),
            "no JWT" => "",
            _ => User(_account),
        };

        TestClient client = await LoginAsync(broker, jwt, sign: flaw != "no signature");

        Assert.Equal(Violation, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task An_account_that_no_trusted_operator_signed_does_not_exist()
    {
        NatsBrokerOptions options = Options();
        options.TrustedKeys = [TestNkey.Operator().Public];
        options.Operators = [];
        await using var broker = new TestBroker(options: options);

        TestClient client = await LoginAsync(broker, User(_account));

        Assert.Equal(Violation, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_revoked_user_stays_out_until_it_has_a_newer_JWT()
    {
        await using var broker = new TestBroker(options: Options($",\"revocations\":{{\"{_user.Public}\":1000}}"));

        TestClient old = await LoginAsync(broker, User(_account, claims: ",\"iat\":1000"));
        TestClient renewed = await LoginAsync(broker, User(_account, claims: ",\"iat\":1001"));

        Assert.Equal(Violation, await old.ReadToEndAsync());
        Assert.Equal("", await renewed.RoundTripAsync());
    }

    [Fact]
    public async Task Permissions_and_limits_of_the_claims_hold()
    {
        await using var broker = new TestBroker(options: Options());

        TestClient client = await LoginAsync(broker, User(_account, """
            ,"pub":{"allow":["a.>"]},"sub":{"deny":["no"]},"subs":1,"payload":5
            """));
        await client.SendAsync("SUB no 1\r\nSUB a 1\r\nSUB b 2\r\nPUB b 1\r\nx\r\n");

        Assert.Equal("""
            -ERR 'Permissions Violation for Subscription to "no"'
            -ERR 'maximum subscriptions exceeded'
            -ERR 'Permissions Violation for Publish to "b"'

            """.ReplaceLineEndings("\r\n"), await client.RoundTripAsync());
        await client.SendAsync("PUB a.b 6\r\n");
        Assert.Equal("-ERR 'Maximum Payload Violation'\r\n", await client.ReadToEndAsync());
    }

    [Fact]
    [Trait("Safety", "AUTHZ-7")]
    public async Task A_scoped_key_fills_the_users_name_into_its_permissions_as_one_token_or_not_at_all()
    {
        string scope = "," + "\"signing_keys\":[{\"kind\":\"user_scope\",\"key\":\"" + _signer.Public + "\",\"template\":{\"sub\":{\"allow\":[\"inbox.{{name()}}.*\"]}}}]";
        await using var broker = new TestBroker(options: Options(scope, withSigner: false));
        string issuer = $",\"issuer_account\":\"{_account.Public}\"";

        TestClient ann = await LoginAsync(broker, User(_signer, issuer));
        await ann.SendAsync("SUB inbox.ann.x 1\r\nSUB inbox.eve.x 2\r\n");
        TestClient sly = await LoginAsync(broker, User(_signer, issuer, name: "*"));

        Assert.Equal("-ERR 'Permissions Violation for Subscription to \"inbox.eve.x\"'\r\n", await ann.RoundTripAsync());
        Assert.Equal(Violation, await sly.ReadToEndAsync());
    }

    [Fact]
    [Trait("Safety", "SEC-8")]
    public async Task A_JWT_that_expires_ends_the_connection()
    {
        await using var broker = new TestBroker(options: Options());
        long now = broker.Time.GetUtcNow().ToUnixTimeSeconds();
        TestClient client = await LoginAsync(broker, User(_account, claims: $",\"exp\":{now + 30}"));
        await client.RoundTripAsync();

        broker.Advance(TimeSpan.FromSeconds(31));

        Assert.EndsWith("-ERR 'User Authentication Expired'\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_JWTs_stop_the_start()
    {
        NatsBrokerOptions options = Options();
        options.Operators = ["eyJ0eXAiOiJKV1QifQ.e30.x"];
        options.ResolverPreload[0].Jwt = "x";
        options.Resolver.Type = "";

        string[] keys = [.. AccountsValidator.Check(options).Select(rule => rule.Key)];

        Assert.Equal(["Nats:Operators:0", "Nats:Resolver:Type", "Nats:ResolverPreload:0:Jwt"], keys);
    }

    private NatsBrokerOptions Options(string accountClaims = "", bool withSigner = true)
    {
        string signer = withSigner ? $",\"signing_keys\":[\"{_signer.Public}\"]" : "";
        return new NatsBrokerOptions
        {
            Operators = [_operator.Issue("operator", _operator.Public, "op")],
            Resolver = { Type = "MEMORY" },
            ResolverPreload = [new ResolverPreloadOptions { Account = _account.Public, Jwt = _operator.Issue("account", _account.Public, "A", signer + accountClaims) }],
        };
    }

    private string User(TestNkey issuer, string nats = "", string claims = "", string name = "ann") => issuer.Issue("user", _user.Public, name, nats, claims);

    private Task<TestClient> LoginAsync(TestBroker broker, string jwt, bool sign = true) => broker.LogInAsync(sign ? _user : null, jwt);
}
