using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Tests.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

/// <summary>What becomes of clients when users and accounts change under them.</summary>
[Trait("Safety", "AUTHZ-8")]
public sealed class AccessControlTests
{
    [Fact]
    public async Task A_user_that_is_gone_is_closed_and_the_others_stay()
    {
        await using var broker = new TestBroker(options: Users(("ann", "pw", null), ("bob", "pw", null)));
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);
        TestClient bob = await broker.ConnectAsync(""","user":"bob","pass":"pw" """);

        broker.Access.Apply(Users(("ann", "pw", null)));

        Assert.Equal("-ERR 'Authorization Violation'\r\n", await bob.ReadToEndAsync());
        Assert.Equal(CloseReason.AuthenticationFailure, await bob.EndedAsync());
        Assert.Equal("", await ann.RoundTripAsync());
    }

    [Fact]
    public async Task A_changed_password_ends_its_users_connections()
    {
        await using var broker = new TestBroker(options: Users(("ann", "pw", null)));
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);

        broker.Access.Apply(Users(("ann", "new", null)));

        Assert.Equal("-ERR 'Authorization Violation'\r\n", await ann.ReadToEndAsync());
    }

    [Fact]
    public async Task Subscriptions_that_are_no_longer_permitted_end_and_others_go_on()
    {
        await using var broker = new TestBroker(options: Users(("ann", "pw", null)));
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);
        await ann.SendAsync("SUB x.1 1\r\nSUB y q 2\r\nSUB y 3\r\n");
        await ann.RoundTripAsync();

        broker.Access.Apply(Users(("ann", "pw", new PermissionOptions { Subscribe = new SubjectPermissionOptions { Deny = ["x.>", "y q"] } })));
        string told = await ann.RoundTripAsync();
        await ann.SendAsync("PUB x.1 1\r\nx\r\nPUB y 1\r\ny\r\n");

        Assert.Contains("-ERR 'Permissions Violation for Subscription to \"x.1\" (sid \"1\")'\r\n", told, StringComparison.Ordinal);
        Assert.Contains("-ERR 'Permissions Violation for Subscription to \"y\" using queue \"q\" (sid \"2\")'\r\n", told, StringComparison.Ordinal);
        Assert.Equal("MSG y 3 1\r\ny\r\n", await ann.RoundTripAsync());
    }

    [Fact]
    public async Task A_wildcard_subscription_is_filtered_from_then_on()
    {
        await using var broker = new TestBroker(options: Users(("ann", "pw", null)));
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);
        await ann.SendAsync("SUB > 1\r\n");
        await ann.RoundTripAsync();

        broker.Access.Apply(Users(("ann", "pw", new PermissionOptions { Subscribe = new SubjectPermissionOptions { Deny = ["secret"] } })));
        await ann.SendAsync("PUB secret 1\r\nx\r\nPUB open 1\r\ny\r\n");

        Assert.Equal("MSG open 1 1\r\ny\r\n", await ann.RoundTripAsync());
    }

    [Fact]
    [Trait("Safety", "AUTHZ-2")]
    public async Task What_one_user_may_publish_again_and_again_stays_denied_to_another_and_after_a_reload_to_both()
    {
        PermissionOptions notA = new() { Publish = new SubjectPermissionOptions { Deny = ["a"] } };
        PermissionOptions notB = new() { Publish = new SubjectPermissionOptions { Deny = ["b"] } };
        await using var broker = new TestBroker(options: Users(("ann", "pw", notB), ("bob", "pw", notA)));
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);
        TestClient bob = await broker.ConnectAsync(""","user":"bob","pass":"pw" """);
        await ann.SendAsync("SUB a 1\r\n");
        await ann.RoundTripAsync();

        for (int i = 0; i < 200; i++)
        {
            await ann.SendAsync("PUB a 1\r\nx\r\n");
            await bob.SendAsync("PUB a 1\r\nx\r\n");
            Assert.Equal("MSG a 1 1\r\nx\r\n", await ann.RoundTripAsync());
            Assert.Equal("-ERR 'Permissions Violation for Publish to \"a\"'\r\n", await bob.RoundTripAsync());
        }

        broker.Access.Apply(Users(("ann", "pw", notA), ("bob", "pw", notA)));
        await ann.SendAsync("PUB a 1\r\nx\r\n");
        Assert.Equal("-ERR 'Permissions Violation for Publish to \"a\"'\r\n", await ann.RoundTripAsync());
    }

    [Fact]
    public async Task A_user_that_moved_to_another_account_is_closed()
    {
        await using var broker = new TestBroker(options: Users(("ann", "pw", null)));
        TestClient ann = await broker.ConnectAsync(""","user":"ann","pass":"pw" """);

        broker.Access.Apply(new NatsBrokerOptions { Accounts = [new AccountOptions { Name = "A", Users = [new UserOptions { User = "ann", Password = "pw" }] }] });

        Assert.Equal(CloseReason.ClientClosed, await ann.EndedAsync());
    }

    [Fact]
    public async Task New_imports_reach_subscriptions_that_were_there_before()
    {
        NatsBrokerOptions Options(bool withImport) => new()
        {
            Accounts =
            [
                new AccountOptions { Name = "A", Users = [new UserOptions { User = "a", Password = "pw" }], Exports = [new ExportOptions { Stream = "news.>" }] },
                new AccountOptions
                {
                    Name = "B",
                    Users = [new UserOptions { User = "b", Password = "pw" }],
                    Imports = withImport ? [new ImportOptions { Stream = new ImportSourceOptions { Account = "A", Subject = "news.>" } }] : [],
                },
            ],
        };
        await using var broker = new TestBroker(options: Options(withImport: false));
        TestClient a = await broker.ConnectAsync(""","user":"a","pass":"pw" """);
        TestClient b = await broker.ConnectAsync(""","user":"b","pass":"pw" """);
        await b.SendAsync("SUB news.* 1\r\n");
        await b.RoundTripAsync();

        await a.SendAsync("PUB news.1 1\r\n1\r\n");
        await a.RoundTripAsync();
        broker.Access.Apply(Options(withImport: true));
        await a.SendAsync("PUB news.2 1\r\n2\r\n");
        await a.RoundTripAsync();
        broker.Access.Apply(Options(withImport: false));
        await a.SendAsync("PUB news.3 1\r\n3\r\n");
        await a.RoundTripAsync();

        Assert.Equal("MSG news.2 1 1\r\n2\r\n", await b.RoundTripAsync());
    }

    private static NatsBrokerOptions Users(params (string Name, string Password, PermissionOptions? Permissions)[] users) => new()
    {
        Authorization = { Users = [.. users.Select(user => new UserOptions { User = user.Name, Password = user.Password, Permissions = user.Permissions })] },
    };
}
