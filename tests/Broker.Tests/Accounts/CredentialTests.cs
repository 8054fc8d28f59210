using System.Reflection;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Tests.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

/// <summary>What is known of secrets, and what settings about users must look like.</summary>
public sealed class CredentialTests
{
    private const string Violation = "-ERR 'Authorization Violation'\r\n";

    [Theory]
    [Trait("Safety", "SEC-2")]
    [InlineData("s3cret", true)]
    [InlineData("s3cre", false)]
    [InlineData("s3cret ", false)]
    [InlineData("S3cret", false)]
    [InlineData("", false)]
    public void A_plain_secret_is_right_as_a_whole_or_not_at_all(string given, bool isRight)
    {
        Assert.Equal(isRight, Secret.From("s3cret").EqualsPlain(given));
    }

    [Fact]
    [Trait("Safety", "SEC-2")]
    public void A_plain_secret_is_known_by_a_digest_of_one_length_alone()
    {
        object?[] Kept(string text) => [.. typeof(Secret).GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Select(field => field.GetValue(Secret.From(text)))];

        foreach (string text in (string[])["x", new string('x', 100)])
        {
            Assert.DoesNotContain(Kept(text), value => value is string);
            Assert.Equal(32, Assert.Single(Kept(text).OfType<byte[]>()).Length);
        }
    }

    [Theory]
    [Trait("Safety", "SEC-3")]
    [InlineData("bob")]
    [InlineData("nobody")]
    public void An_unknown_name_is_asked_for_a_hash_as_costly_as_the_costliest_there_is(string name)
    {
        var options = new NatsBrokerOptions
        {
            Authorization =
            {
                Users =
                [
                    new UserOptions { User = "ann", Password = BCrypt.Net.BCrypt.HashPassword("a", workFactor: 4) },
                    new UserOptions { User = "bob", Password = BCrypt.Net.BCrypt.HashPassword("b", workFactor: 6) },
                ],
            },
        };
        var directory = new LoginDirectory(options, new AccountDirectory(options));

        LoginCandidate candidate = directory.Find(new LoginRequest
        {
            Options = ConnectOptions.Default with { User = name, Pass = "wrong" },
            Way = ConnectionTypes.Standard,
            ConnectionId = 1,
        });

        Assert.Equal(name == "bob", candidate.User is not null);
        Assert.Equal("06", candidate.Secret!.Hash!.Substring(4, 2));
        Assert.Equal("wrong", candidate.Given);
    }

    [Theory]
    [Trait("Safety", "SEC-3")]
    [Trait("Safety", "ISO-8")]
    [InlineData("\"user\":\"ann\",\"pass\":\"wrong\"")]
    [InlineData("\"user\":\"of-b\",\"pass\":\"wrong\"")]
    [InlineData("\"user\":\"nobody\",\"pass\":\"wrong\"")]
    [InlineData("\"auth_token\":\"wrong\"")]
    [InlineData("\"nkey\":\"UNOBODY\",\"sig\":\"x\"")]
    [InlineData("\"user\":\"ann\",\"pass\":\"pw\",\"account\":\"B\"")]
    [InlineData("\"user\":\"ann\",\"pass\":\"pw\",\"account\":\"NONE\"")]
    public async Task Whatever_is_wrong_with_a_login_the_answer_is_the_same(string login)
    {
        await using var broker = new TestBroker(options: TwoAccounts());
        TestClient client = broker.Accept();
        await client.ReadLineAsync();

        await client.SendAsync($"CONNECT {{{login}}}\r\n");

        Assert.Equal(Violation, await client.ReadToEndAsync());
    }

    [Theory]
    [Trait("Safety", "AUTHZ-4")]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a..b")]
    [InlineData("a.>.b")]
    [InlineData(".a")]
    [InlineData("a b c")]
    [InlineData("a\u0001")]
    public void A_permission_that_is_no_subject_stops_the_start(string entry)
    {
        var permissions = new PermissionOptions
        {
            Publish = new SubjectPermissionOptions { Allow = [entry], Deny = ["fine", entry] },
            Subscribe = new SubjectPermissionOptions { Allow = [entry], Deny = [entry] },
        };
        var options = new NatsBrokerOptions { Authorization = { Users = [new UserOptions { User = "ann", Password = "pw", Permissions = permissions }], DefaultPermissions = permissions } };

        string[] keys = [.. AccountsValidator.Check(options).Select(rule => rule.Key)];

        foreach (string place in (string[])["Nats:Authorization:Users:0:Permissions", "Nats:Authorization:DefaultPermissions"])
        {
            Assert.Superset(
                new HashSet<string> { $"{place}:Publish:Allow:0", $"{place}:Publish:Deny:1", $"{place}:Subscribe:Allow:0", $"{place}:Subscribe:Deny:0" },
                keys.ToHashSet());
        }
    }

    [Fact]
    [Trait("Safety", "ISO-8")]
    public async Task A_subject_of_another_account_looks_like_one_that_does_not_exist()
    {
        await using var broker = new TestBroker(options: TwoAccounts());
        TestClient other = await broker.ConnectAsync(""","user":"of-b","pass":"pw" """);
        await other.SendAsync("SUB there 1\r\n");
        await other.RoundTripAsync();
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw","headers":true,"no_responders":true """);
        await ann.SendAsync("SUB inbox 1\r\n");
        await ann.RoundTripAsync();

        await ann.SendAsync("PUB there inbox 0\r\n\r\n");
        string there = await ann.RoundTripAsync();
        await ann.SendAsync("PUB where inbox 0\r\n\r\n");
        string nowhere = await ann.RoundTripAsync();

        Assert.Equal(nowhere, there.Replace("there", "where", StringComparison.Ordinal));
        Assert.Contains("NATS/1.0 503", there, StringComparison.Ordinal);
        Assert.Equal("", await other.RoundTripAsync());
    }

    [Fact]
    [Trait("Safety", "ISO-6")]
    public async Task What_is_in_the_system_account_stays_there_and_nothing_comes_in_from_others()
    {
        NatsBrokerOptions options = TwoAccounts();
        options.SystemAccount = "B";
        await using var broker = new TestBroker(options: options);
        TestClient system = await broker.ConnectAsync(""","user":"of-b","pass":"pw" """);
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);
        await system.SendAsync("SUB $SYS.ACCOUNT.> 1\r\nSUB mine.> 1\r\n");
        await ann.SendAsync("SUB > 1\r\nSUB $SYS.> 2\r\n");
        await system.RoundTripAsync();
        await ann.RoundTripAsync();

        await ann.SendAsync("UNSUB 1\r\nUNSUB 2\r\nPUB $SYS.ACCOUNT.A.X 1\r\nx\r\nPUB mine.x 1\r\nx\r\nSUB > 1\r\nSUB $SYS.> 2\r\n");
        await ann.RoundTripAsync();
        string heard = await system.RoundTripAsync();
        await system.SendAsync("PUB $SYS.ACCOUNT.A.Y 1\r\ny\r\nPUB mine.y 1\r\ny\r\n");
        await system.RoundTripAsync();

        Assert.DoesNotContain(".X ", heard, StringComparison.Ordinal);
        Assert.DoesNotContain("mine.x", heard, StringComparison.Ordinal);
        Assert.Equal("", await ann.RoundTripAsync());
    }

    [Fact]
    [Trait("Safety", "AUTHZ-5")]
    public async Task What_a_mapping_or_an_import_makes_of_a_message_is_published_with_the_clients_permissions()
    {
        NatsBrokerOptions options = TwoAccounts();
        AccountOptions a = options.Accounts[0], b = options.Accounts[1];
        a.Mappings = [new MappingOptions { Source = "open", Destinations = [new MappingDestinationOptions { Destination = "closed", Weight = 100 }] }];
        a.Users[0].Permissions = new PermissionOptions { Publish = new SubjectPermissionOptions { Allow = ["open", "fine"] } };
        b.Exports = [new ExportOptions { Service = "help.>" }];
        a.Imports = [new ImportOptions { Service = new ImportSourceOptions { Account = "B", Subject = "help.>" } }];
        await using var broker = new TestBroker(options: options);
        TestClient service = await broker.ConnectAsync(""","user":"of-b","pass":"pw" """);
        await service.SendAsync("SUB help.> 1\r\n");
        await service.RoundTripAsync();
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);

        await ann.SendAsync("PUB open 1\r\nx\r\nPUB help.me 1\r\nx\r\nPUB fine 1\r\nx\r\n");

        Assert.Equal(
            "-ERR 'Permissions Violation for Publish to \"closed\"'\r\n-ERR 'Permissions Violation for Publish to \"help.me\"'\r\n", await ann.RoundTripAsync());
        Assert.Equal("", await service.RoundTripAsync());
    }

    private static NatsBrokerOptions TwoAccounts() => new()
    {
        Accounts =
        [
            new AccountOptions { Name = "A", Users = [new UserOptions { User = "ann", Password = "pw" }] },
            new AccountOptions { Name = "B", Users = [new UserOptions { User = "of-b", Password = "pw" }] },
        ],
    };
}
