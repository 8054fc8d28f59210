using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Tests.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

/// <summary>Account JWTs that change while their clients are connected. The texts are nats-server's.</summary>
public sealed class ClaimsRequestsTests : IAsyncDisposable
{
    private readonly TemporaryFile _place = new();
    private readonly TestNkey _operator = TestNkey.Operator();
    private readonly TestNkey _system = TestNkey.Account();
    private readonly TestNkey _account = TestNkey.Account();
    private readonly TestNkey _signer = TestNkey.Account();
    private readonly TestNkey _user = TestNkey.User();
    private readonly TestBroker _broker;
    private readonly ClaimsRequests _requests;

    public ClaimsRequestsTests()
    {
        var options = new NatsBrokerOptions
        {
            Operators = [_operator.Issue("operator", _operator.Public, "op", $",\"system_account\":\"{_system.Public}\"")],
            Resolver = { Type = "full", Dir = Path.Combine(_place.Folder, "jwt"), AllowDelete = true },
            ResolverPreload = [new ResolverPreloadOptions { Account = _system.Public, Jwt = Account(_system) }],
        };
        Assert.Empty(AccountsValidator.Check(options));
        _broker = new TestBroker(options: options);
        _requests = new ClaimsRequests(_broker.Services.Accounts, options, _broker.Log.For<ClaimsRequests>());
    }

    private long Now => _broker.Time.GetUtcNow().ToUnixTimeSeconds();

    [Fact]
    public async Task A_new_account_can_be_logged_in_to_at_once_and_after_a_restart()
    {
        TestClient early = await LoginAsync();
        ClaimsOutcome outcome = Update(Account(_account));
        TestClient late = await LoginAsync();
        AccountStore again = AccountStore.Open(new ResolverOptions { Type = "full", Dir = Path.Combine(_place.Folder, "jwt") })!;

        Assert.Equal("-ERR 'Authorization Violation'\r\n", await early.ReadToEndAsync());
        Assert.Equal(new ClaimsOutcome(_account.Public, "jwt updated", IsDone: true), outcome);
        Assert.Equal("", await late.RoundTripAsync());
        Assert.Equal(new[] { _system.Public, _account.Public }.Order(StringComparer.Ordinal), again.Accounts);
    }

    [Theory]
    [InlineData("hello", "n/a", "expected 3 chunks")]
    [InlineData("", "n/a", "expected 3 chunks")]
    [InlineData("tampered with", "n/a", "claim failed V2 signature verification")]
    [InlineData("user", "n/a", "not account claim")]
    [InlineData("other", "ACCOUNT", "subject does not match jwt content")]
    public void What_is_no_JWT_of_that_account_is_refused(string body, string about, string problem)
    {
        string jwt = body switch
        {
            "tampered with" => Account(_account)[..^4] + "AAAA",
            "user" => _account.Issue("user", _user.Public, "ann"),
            "other" => Account(_system),
            _ => body,
        };

        ClaimsOutcome outcome = Update(jwt);

        Assert.Equal(new ClaimsOutcome(about == "ACCOUNT" ? _account.Public : about, $"jwt update resulted in error - {problem}", IsDone: false), outcome);
        Assert.Null(_requests.Store!.Find(_account.Public));
        Assert.Single(_broker.Log.Find(2010));
        Assert.DoesNotContain(_broker.Log.Lines, line => line.Text.Contains("eyJ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("by a stranger")]
    [InlineData("expired")]
    public async Task A_JWT_that_is_not_good_is_kept_and_changes_nothing(string flaw)
    {
        Update(Account(_account));
        TestClient client = await LoginAsync();

        ClaimsOutcome outcome = Update(flaw == "expired" ? Account(_account, claims: $",\"exp\":{Now - 1}") : Account(_account, by: TestNkey.Operator()));

        Assert.True(outcome.IsDone);
        Assert.Equal("", await client.RoundTripAsync());
        Assert.Single(_broker.Log.Find(2011));
    }

    [Fact]
    public async Task A_revoked_user_is_told_so_and_closed()
    {
        Update(Account(_account));
        TestClient client = await LoginAsync();
        await client.RoundTripAsync();

        Update(Account(_account, $",\"revocations\":{{\"{_user.Public}\":{Now}}}"));

        Assert.Equal("-ERR 'User Authentication Revoked'\r\n", await client.ReadToEndAsync());
        Assert.Equal(CloseReason.CredentialsRevoked, await client.EndedAsync());
    }

    [Fact]
    public async Task Users_of_a_signing_key_that_is_gone_are_closed_without_a_word_and_others_stay()
    {
        Update(Account(_account, $",\"signing_keys\":[\"{_signer.Public}\"]"));
        TestClient signed = await LoginAsync(_signer), other = await LoginAsync();
        await signed.RoundTripAsync();

        Update(Account(_account));

        Assert.Equal("", await signed.ReadToEndAsync());
        Assert.Equal(CloseReason.AuthenticationFailure, await signed.EndedAsync());
        Assert.Equal("", await other.RoundTripAsync());
    }

    [Fact]
    public async Task Where_fewer_connections_are_allowed_the_newest_go()
    {
        Update(Account(_account));
        TestClient first = await LoginAsync(), second = await LoginAsync(), third = await LoginAsync();
        await Task.WhenAll(first.RoundTripAsync(), second.RoundTripAsync(), third.RoundTripAsync());

        Update(Account(_account, ",\"limits\":{\"conn\":1,\"subs\":-1,\"payload\":-1}"));

        Assert.Equal("-ERR 'maximum account active connections exceeded'\r\n", await second.ReadToEndAsync());
        Assert.Equal(CloseReason.MaxAccountConnectionsExceeded, await third.EndedAsync());
        Assert.Equal("", await first.RoundTripAsync());
    }

    [Fact]
    [Trait("Safety", "SEC-8")]
    public async Task An_account_that_expires_takes_its_clients_with_it()
    {
        Update(Account(_account));
        TestClient client = await LoginAsync();
        await client.RoundTripAsync();

        Update(Account(_account, claims: $",\"exp\":{Now + 30}"));
        await client.RoundTripAsync();
        _broker.Advance(TimeSpan.FromSeconds(31));

        Assert.EndsWith("-ERR 'Account Authentication Expired'\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(CloseReason.AuthenticationExpired, await client.EndedAsync());
    }

    [Fact]
    public async Task A_deleted_account_closes_its_clients_and_lets_nobody_in()
    {
        Update(Account(_account));
        TestClient client = await LoginAsync();
        await client.RoundTripAsync();

        ClaimsOutcome outcome = _requests.Delete(Deletion(_operator, _account.Public));
        TestClient late = await LoginAsync();

        Assert.Equal(new ClaimsOutcome(null, "deleted 1 accounts", IsDone: true), outcome);
        Assert.Equal("-ERR 'Account Authentication Expired'\r\n", await client.ReadToEndAsync());
        Assert.Equal("-ERR 'Authorization Violation'\r\n", await late.ReadToEndAsync());
    }

    [Theory]
    [InlineData("no JWT", "expected 3 chunks")]
    [InlineData("by a stranger", "not trusted")]
    [InlineData("for somebody else", "not self signed")]
    [InlineData("no key", "malformed request")]
    [InlineData("the system account", "not allowed to delete system account")]
    public void A_deletion_is_the_operators_own_and_spares_the_system_account(string flaw, string problem)
    {
        var stranger = TestNkey.Operator();
        string jwt = flaw switch
        {
            "no JWT" => "x",
            "by a stranger" => Deletion(stranger, _account.Public),
            "for somebody else" => stranger.Issue("generic", _operator.Public, "", $",\"accounts\":[\"{_account.Public}\"]"),
            "no key" => Deletion(_operator, "zzz"),
            _ => Deletion(_operator, _system.Public),
        };

        ClaimsOutcome outcome = _requests.Delete(jwt);

        Assert.False(outcome.IsDone);
        Assert.EndsWith($" failed - {problem}", outcome.Text, StringComparison.Ordinal);
        Assert.Equal([_system.Public], _requests.Store!.Accounts);
    }

    [Theory]
    [InlineData(100, 200)]
    [InlineData(300, 300)]
    public void An_older_JWT_of_the_settings_does_not_replace_one_that_came_later(long ofSettings, long kept)
    {
        Assert.Null(_requests.Store!.Save(_account.Public, Account(_account, claims: ",\"iat\":200")));
        NatsBrokerOptions next = new()
        {
            Operators = [_operator.Issue("operator", _operator.Public, "op", $",\"system_account\":\"{_system.Public}\"")],
            Resolver = { Type = "full", Dir = Path.Combine(_place.Folder, "jwt") },
            ResolverPreload = [new ResolverPreloadOptions { Account = _account.Public, Jwt = Account(_account, claims: $",\"iat\":{ofSettings}") }],
        };

        _broker.Access.Apply(next);

        Assert.Equal(kept, SignedClaims.TryRead(_requests.Store!.Find(_account.Public)!, out _)!.IssuedAt.ToUnixTimeSeconds());
    }

    [Theory]
    [Trait("Safety", "ISO-4")]
    [InlineData("", true)]
    [InlineData("none", false)]
    [InlineData("for another account", false)]
    [InlineData("for another subject", false)]
    [InlineData("for a stream", false)]
    [InlineData("by a stranger", false)]
    [InlineData("expired", false)]
    [InlineData("revoked", false)]
    public async Task A_private_export_is_for_those_with_an_activation_token(string flaw, bool isLetIn)
    {
        TestNkey importer = TestNkey.Account();
        string token = flaw == "none" ? "" : (flaw == "by a stranger" ? importer : _account).Issue(
            "activation", (flaw == "for another account" ? _system : importer).Public, "",
            $",\"subject\":\"{(flaw == "for another subject" ? "help.you" : "help.*")}\",\"kind\":\"{(flaw == "for a stream" ? "stream" : "service")}\"",
            $",\"iat\":{Now},\"exp\":{(flaw == "expired" ? Now - 1 : Now + 60)}");
        Update(Account(_account, ",\"exports\":[{\"name\":\"h\",\"subject\":\"help.*\",\"type\":\"service\",\"token_req\":true"
            + (flaw == "revoked" ? $",\"revocations\":{{\"{importer.Public}\":{Now}}}" : "") + "}]"));
        _requests.Update(null, Account(importer, $",\"imports\":[{{\"name\":\"h\",\"subject\":\"help.me\",\"account\":\"{_account.Public}\",\"type\":\"service\",\"token\":\"{token}\"}}]"));
        TestClient service = await LoginAsync();
        await service.SendAsync("SUB help.* 1\r\n");
        await service.RoundTripAsync();
        TestClient client = await _broker.LogInAsync(_user, importer.Issue("user", _user.Public, "bob"));

        await client.SendAsync("PUB help.me 1\r\n?\r\n");
        await client.RoundTripAsync();
        string before = await service.RoundTripAsync();
        _broker.Advance(TimeSpan.FromSeconds(61));
        Assert.True(SpinWait.SpinUntil(() => _broker.Services.Accounts.Trust!.NextExpiry is null, RawClient.Patience));
        await client.SendAsync("PUB help.me 1\r\n?\r\n");
        await client.RoundTripAsync();

        Assert.Equal(isLetIn ? "MSG help.me 1 1\r\n?\r\n" : "", before);
        Assert.Equal("", await service.RoundTripAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _place.Dispose();
    }

    private static string Deletion(TestNkey by, string account) => by.Issue("generic", by.Public, "", $",\"accounts\":[\"{account}\"]");

    private string Account(TestNkey account, string nats = "", string claims = "", TestNkey? by = null) => (by ?? _operator).Issue("account", account.Public, "A", nats, claims);

    private ClaimsOutcome Update(string jwt) => _requests.Update(_account.Public, jwt);

    private async Task<TestClient> LoginAsync(TestNkey? signer = null)
    {
        TestNkey by = signer ?? _account;
        return await _broker.LogInAsync(_user, by.Issue("user", _user.Public, "ann", $",\"issuer_account\":\"{_account.Public}\""));
    }
}
