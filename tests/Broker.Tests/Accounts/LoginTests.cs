using System.Net;
using System.Text;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Tests.Connections;
using NSec.Cryptography;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

public sealed class LoginTests
{
    private const string Violation = "-ERR 'Authorization Violation'\r\n";

    [Fact]
    [Trait("Safety", "PRE-1")]
    public async Task Nothing_but_CONNECT_is_taken_from_who_must_log_in()
    {
        await using var broker = new TestBroker(options: OneUser("pw"));
        TestClient client = broker.Accept();
        await client.ReadLineAsync();

        await client.SendAsync("SUB a 1\r\n");

        Assert.Equal(Violation, await client.ReadToEndAsync());
        Assert.Equal(CloseReason.AuthenticationFailure, await client.EndedAsync());
    }

    [Fact]
    [Trait("Safety", "PRE-4")]
    public async Task Who_does_not_log_in_in_time_is_told_so_however_busy()
    {
        await using var broker = new TestBroker(options: OneUser("pw"));
        TestClient client = broker.Accept();
        await client.ReadLineAsync();
        await client.SendAsync("CONNECT {\"us");

        broker.Advance(TimeSpan.FromSeconds(1));
        await client.SendAsync("er\":");
        broker.Advance(TimeSpan.FromSeconds(1.2));

        Assert.Equal("-ERR 'Authentication Timeout'\r\n", await client.ReadToEndAsync());
        Assert.Equal(CloseReason.AuthenticationTimeout, await client.EndedAsync());
    }

    [Fact]
    public async Task Who_has_logged_in_is_not_asked_again()
    {
        await using var broker = new TestBroker(options: OneUser("pw"));
        TestClient client = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);

        broker.Advance(TimeSpan.FromSeconds(10));
        await client.RoundTripAsync();

        Assert.Equal("ann", client.Connection.Snapshot().AuthorizedUser);
    }

    [Fact]
    [Trait("Safety", "SEC-10")]
    [Trait("Safety", "LOG-2")]
    public async Task No_secret_is_kept_or_logged()
    {
        await using var broker = new TestBroker(options: OneUser("canary"));
        TestClient client = await broker.ConnectAsync(""","user":"ann","pass":"canary","sig":"canary","jwt":"canary","auth_token":"canary" """);
        TestClient other = broker.Accept();
        await other.SendAsync("CONNECT {\"user\":\"ann\",\"pass\":\"canary2\"}\r\n");
        await other.EndedAsync();

        Assert.DoesNotContain("canary", client.Connection.Snapshot().ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(broker.Log.Lines, line => line.Text.Contains("canary", StringComparison.Ordinal));
        Assert.Contains(broker.Log.Lines, line => line.Text.Contains("authentication error - User \"ann\"", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Safety", "SEC-5")]
    public async Task A_user_without_a_password_is_nobody_by_name()
    {
        await using var broker = new TestBroker(options: new NatsBrokerOptions { Authorization = { Users = [new UserOptions { User = "ann" }] } });
        TestClient client = broker.Accept();
        await client.ReadLineAsync();

        await client.SendAsync("CONNECT {\"user\":\"ann\"}\r\n");

        Assert.Equal(Violation, await client.ReadToEndAsync());
    }

    [Fact]
    [Trait("Safety", "SEC-6")]
    public async Task An_nkey_logs_in_by_signing_the_nonce_once()
    {
        (string nkey, Key key) = NewUser();
        await using var broker = new TestBroker(options: new NatsBrokerOptions { Authorization = { Users = [new UserOptions { Nkey = nkey }] } });
        TestClient client = broker.Accept();
        string nonce = Nonce(await client.ReadLineAsync());
        string login = $$"""CONNECT {"verbose":false,"nkey":"{{nkey}}","sig":"{{Sign(key, nonce)}}"}{{"\r\n"}}""";

        await client.SendAsync(login);
        await client.RoundTripAsync();
        Assert.Equal(nkey, client.Connection.Snapshot().AuthorizedUser);
        await client.SendAsync(login);

        Assert.Equal(Violation, await client.ReadToEndAsync());
    }

    [Theory]
    [Trait("Safety", "SEC-6")]
    [Trait("Safety", "SEC-7")]
    [InlineData("truncated")]
    [InlineData("of another text")]
    [InlineData("by another key")]
    [InlineData("padded with the URL alphabet")]
    public async Task A_signature_that_is_none_does_not_log_in(string flaw)
    {
        (string nkey, Key key) = NewUser();
        await using var broker = new TestBroker(options: new NatsBrokerOptions { Authorization = { Users = [new UserOptions { Nkey = nkey }] } });
        TestClient client = broker.Accept();
        string nonce = Nonce(await client.ReadLineAsync());
        string signature = flaw switch
        {
            "truncated" => Sign(key, nonce)[..^1],
            "of another text" => Sign(key, nonce + "x"),
            "by another key" => Sign(NewUser().Key, nonce),
            _ => Sign(key, nonce) + "==",
        };

        await client.SendAsync($$"""CONNECT {"nkey":"{{nkey}}","sig":"{{signature}}"}{{"\r\n"}}""");

        // The URL alphabet differs from the standard one in two letters, which this signature may not have.
        if (flaw.StartsWith("padded", StringComparison.Ordinal) && signature.IndexOfAny(['-', '_']) < 0)
        {
            return;
        }

        Assert.Equal(Violation, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task The_standard_alphabet_with_padding_is_taken_too()
    {
        (string nkey, Key key) = NewUser();
        await using var broker = new TestBroker(options: new NatsBrokerOptions { Authorization = { Users = [new UserOptions { Nkey = nkey }] } });
        TestClient client = broker.Accept();
        string nonce = Nonce(await client.ReadLineAsync());
        string signature = Sign(key, nonce).Replace('-', '+').Replace('_', '/') + "==";

        await client.SendAsync($$"""CONNECT {"verbose":false,"nkey":"{{nkey}}","sig":"{{signature}}"}{{"\r\n"}}""");

        Assert.Equal("", await client.RoundTripAsync());
    }

    [Fact]
    [Trait("Safety", "SEC-7")]
    public void The_signature_check_agrees_with_RFC_8032()
    {
        byte[] key = Convert.FromHexString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        byte[] signature = Convert.FromHexString(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

        Assert.True(Broker.Accounts.Authentication.Ed25519.Verify(key, [0x72], signature));
        Assert.False(Broker.Accounts.Authentication.Ed25519.Verify(key, [0x73], signature));
    }

    [Fact]
    public async Task The_application_decides_before_the_settings_do()
    {
        var decider = new Decider(login => login.Token switch
        {
            "key-1" => ClientLoginResult.Accept(new ClientIdentity
            {
                Name = "bob",
                Permissions = new PermissionOptions { Subscribe = new SubjectPermissionOptions { Allow = ["only"] } },
            }),
            "bad" => throw new InvalidOperationException("database away"),
            _ => ClientLoginResult.Undecided,
        });
        await using var broker = new TestBroker(options: OneUser("pw"), deciders: [decider]);

        TestClient bob = await broker.ConnectAsync(""","auth_token":"key-1" """);
        await bob.SendAsync("SUB other 1\r\n");
        string said = await bob.RoundTripAsync();
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);
        TestClient nobody = broker.Accept();
        await nobody.SendAsync("CONNECT {\"auth_token\":\"bad\"}\r\n");

        Assert.Equal("-ERR 'Permissions Violation for Subscription to \"other\"'\r\n", said);
        Assert.Equal(("bob", "ann"), (bob.Connection.Snapshot().AuthorizedUser, ann.Connection.Snapshot().AuthorizedUser));
        Assert.Equal(CloseReason.AuthenticationFailure, await nobody.EndedAsync());
    }

    [Fact]
    [Trait("Safety", "SEC-8")]
    public async Task A_login_that_expires_ends_the_connection()
    {
        TestBroker? self = null;
        var decider = new Decider(_ => ClientLoginResult.Accept(new ClientIdentity { Name = "bob", Expires = self!.Time.GetUtcNow().AddSeconds(90) }));
        await using var broker = self = new TestBroker(deciders: [decider]);
        TestClient client = await broker.ConnectAsync();

        broker.Advance(TimeSpan.FromSeconds(89));
        Assert.False(client.Connection.IsClosing);
        broker.Advance(TimeSpan.FromSeconds(1.2));

        Assert.EndsWith("-ERR 'User Authentication Expired'\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(CloseReason.AuthenticationExpired, await client.EndedAsync());
    }

    [Fact]
    [Trait("Safety", "PRE-7")]
    public async Task An_address_that_keeps_failing_waits_for_its_answers_and_others_do_not()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var throttle = new LoginThrottle(time);
        IPAddress guesser = IPAddress.Parse("10.0.0.1"), other = IPAddress.Parse("10.0.0.2");
        for (int i = 0; i < LoginThrottle.MaxFailures; i++)
        {
            Assert.False(throttle.IsSlowed(guesser));
            throttle.NoteFailure(guesser);
        }

        Task[] held = [.. Enumerable.Range(0, LoginThrottle.MaxDelayed).Select(_ => throttle.HoldBackAsync(guesser))];
        Task oneTooMany = throttle.HoldBackAsync(guesser);
        Task elsewhere = throttle.HoldBackAsync(other);
        bool areHeld = held.All(task => !task.IsCompleted);
        time.Advance(LoginThrottle.Delay);
        await Task.WhenAll(held);
        time.Advance(LoginThrottle.Window);

        Assert.True(areHeld && oneTooMany.IsCompleted && elsewhere.IsCompleted);
        Assert.False(throttle.IsSlowed(guesser));
    }

    [Fact]
    [Trait("Safety", "SEC-4")]
    public async Task A_hash_is_checked_once_for_many_that_come_with_the_same_password()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var workers = new BcryptWorkers();
        var checks = new PasswordChecks(workers, time);
        var secret = Secret.From("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW");

        bool[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => checks.CheckAsync(secret, "secret", $"10.0.0.{i}")));
        bool isKnown = checks.TryCheck(secret, "secret", out bool isRight);
        bool isWrongKnown = checks.TryCheck(secret, "Secret", out _);
        time.Advance(TimeSpan.FromMinutes(1));
        bool isForgotten = !checks.TryCheck(secret, "secret", out _);

        Assert.All(answers, Assert.True);
        Assert.True(isKnown && isRight && !isWrongKnown && isForgotten);
    }

    [Theory]
    [Trait("Safety", "SEC-1")]
    [InlineData(72, true)]
    [InlineData(73, false)]
    public void A_password_longer_than_bcrypt_looks_at_is_refused(int length, bool isRight)
    {
        string password = new('p', length);
        var secret = Secret.From(BCrypt.Net.BCrypt.HashPassword(new string('p', 72), workFactor: 4));

        Assert.Equal(isRight, secret.MatchesHash(password));
    }

    private static string Nonce(string info)
    {
        using var json = System.Text.Json.JsonDocument.Parse(info[5..]);
        string nonce = json.RootElement.GetProperty("nonce").GetString()!;
        Assert.True(nonce.Length >= 22);
        return nonce;
    }

    private static (string Nkey, Key Key) NewUser()
    {
        var key = Key.Create(SignatureAlgorithm.Ed25519);
        return (NkeyText.Encode(NkeyText.UserPrefix, key.PublicKey.Export(KeyBlobFormat.RawPublicKey)), key);
    }

    private static string Sign(Key key, string text) =>
        System.Buffers.Text.Base64Url.EncodeToString(SignatureAlgorithm.Ed25519.Sign(key, Encoding.UTF8.GetBytes(text)));

    private static NatsBrokerOptions OneUser(string password) => new() { Authorization = { User = "ann", Password = password } };

    private sealed class Decider(Func<ClientLogin, ClientLoginResult> decide) : IClientAuthenticator
    {
        public ValueTask<ClientLoginResult> AuthenticateAsync(ClientLogin login) => new(decide(login));
    }
}
