using System.Net;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Tests.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.InProcess;

/// <summary>Clients without a socket obey account and user as those with one, also when these change under them.</summary>
public sealed class InProcessAccessTests
{
    private static readonly IPEndPoint Remote = new(IPAddress.Loopback, 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_it_publishes_is_mapped_as_the_account_says()
    {
        await using var broker = new TestBroker(options: Users(("ann", null)));
        broker.Services.Accounts.Global.Mappings = Broker.Accounts.AccountMappings.From([Mapping("old.*", "new.$1"), Mapping("lost", "lost", weight: 0)]);
        using InProcessClient client = broker.OpenFor("ann");
        using InProcessSubscription all = client.Subscribe(">");
        await using InProcessSubscription echo = client.Subscribe("new.echo", message => message.ReplyAsync(message.Text));

        await client.PublishAsync("lost", "x", cancellationToken: Token);
        await client.PublishAsync("old.joe", "hello", cancellationToken: Token);
        NatsMessage answer = await client.RequestAsync("old.echo", "again", cancellationToken: Token);

        Assert.Equal("new.joe", (await ReadAsync(all)).Subject);
        Assert.Equal("again", answer.Text);
    }

    [Fact]
    [Trait("Safety", "AUTHZ-5")]
    [Trait("Safety", "SIG-1")]
    public async Task Its_permissions_are_asked_about_the_subject_that_a_mapping_makes()
    {
        await using var broker = new TestBroker(options: Users(("ann", new PermissionOptions { Publish = new SubjectPermissionOptions { Allow = ["open.>", "new"] } })));
        broker.Services.Accounts.Global.Mappings = Broker.Accounts.AccountMappings.From([Mapping("open.door", "closed"), Mapping("old", "new"), Mapping("open.route", "_GR_.x")]);
        using InProcessClient client = broker.OpenFor("ann");
        using InProcessSubscription all = client.Subscribe(">");

        await client.PublishAsync("old", "x", cancellationToken: Token);
        var mapped = await Assert.ThrowsAsync<NatsException>(async () => await client.PublishAsync("open.door", "x", cancellationToken: Token));
        var reserved = await Assert.ThrowsAsync<NatsException>(async () => await client.PublishAsync("open.route", "x", cancellationToken: Token));

        Assert.Equal("Permissions Violation for Publish to \"closed\"", mapped.Message);
        Assert.Equal("Permissions Violation for Publish to \"_GR_.x\"", reserved.Message);
        Assert.Equal("new", (await ReadAsync(all)).Subject);
        Assert.Equal(0, all.PendingMessages);
    }

    [Fact]
    public async Task An_account_with_no_room_lets_only_the_application_in()
    {
        await using var broker = new TestBroker(options: Limited(new AccountLimitOptions { MaxConnections = 2 }));
        using InProcessClient first = broker.OpenFor("ann", Remote), application = broker.OpenFor("ann");
        TestClient socket = await broker.ConnectAsync(",\"user\":\"ann\",\"pass\":\"p\"");
        await socket.RoundTripAsync();

        var refused = Assert.Throws<NatsException>(() => broker.OpenFor("ann", Remote));
        first.Dispose();
        first.Dispose();
        using InProcessClient next = broker.OpenFor("ann", Remote);

        Assert.Equal("maximum account active connections exceeded", refused.Message);
        Assert.Throws<NatsException>(() => broker.OpenFor("ann", Remote));
    }

    [Fact]
    public async Task Where_fewer_connections_are_allowed_later_the_newest_go_and_the_application_stays()
    {
        await using var broker = new TestBroker(options: Limited(new AccountLimitOptions()));
        TestClient socket = await broker.ConnectAsync(",\"user\":\"ann\",\"pass\":\"p\"");
        await socket.RoundTripAsync();
        using InProcessClient application = broker.OpenFor("ann"), second = broker.OpenFor("ann", Remote), third = broker.OpenFor("ann", Remote);

        broker.Access.Apply(Limited(new AccountLimitOptions { MaxConnections = 2 }));

        Assert.Equal((false, false, true), (application.IsClosed, second.IsClosed, third.IsClosed));
        Assert.Equal("", await socket.RoundTripAsync());
        Assert.Equal(CloseReason.MaxAccountConnectionsExceeded, broker.Registry.SnapshotClosed().Single().Reason);
    }

    [Fact]
    public async Task It_may_publish_and_subscribe_as_much_as_the_account_allows_at_that_time()
    {
        await using var broker = new TestBroker(options: Limited(new AccountLimitOptions { MaxPayload = 3, MaxSubscriptions = 1 }));
        using InProcessClient client = broker.OpenFor("ann");
        using InProcessSubscription stream = client.Subscribe("a");

        await client.PublishAsync("a", "123", cancellationToken: Token);
        await Assert.ThrowsAsync<NatsException>(async () => await client.PublishAsync("a", "1234", cancellationToken: Token));
        Assert.Throws<NatsException>(() => client.Subscribe("b"));
        broker.Access.Apply(Limited(new AccountLimitOptions { MaxPayload = 4, MaxSubscriptions = 2 }));
        await client.PublishAsync("a", "1234", cancellationToken: Token);
        using InProcessSubscription other = client.Subscribe("b");

        Assert.Equal(2, stream.PendingMessages);
    }

    [Fact]
    [Trait("Safety", "AUTHZ-8")]
    public async Task A_user_that_is_gone_is_closed_with_the_reason_of_any_client()
    {
        await using var broker = new TestBroker(options: Users(("ann", null), ("bob", null)));
        using InProcessClient ann = broker.OpenFor("ann"), bob = broker.OpenFor("bob"), application = broker.Open();
        using InProcessSubscription stream = bob.Subscribe("a");
        bool hasEnded = false;
        bob.Ended = () => hasEnded = true;

        broker.Access.Apply(Users(("ann", null)));

        Assert.Equal((false, true, false), (ann.IsClosed, bob.IsClosed, application.IsClosed));
        Assert.True(hasEnded);
        Assert.False(await stream.Reader.WaitToReadAsync(Token));
        Assert.Equal((bob.Id, CloseReason.AuthenticationFailure), broker.Registry.SnapshotClosed().Select(closed => (closed.Id, closed.Reason)).Single());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await bob.PublishAsync("a", "x", cancellationToken: Token));
    }

    [Fact]
    [Trait("Safety", "AUTHZ-8")]
    public async Task Who_was_let_in_unnamed_goes_when_names_are_needed()
    {
        await using var broker = new TestBroker();
        using InProcessClient nobody = broker.OpenFor(""), ann = broker.OpenFor("ann");

        broker.Access.Apply(Users(("ann", null)));

        Assert.Equal((true, false), (nobody.IsClosed, ann.IsClosed));
    }

    [Fact]
    [Trait("Safety", "AUTHZ-8")]
    public async Task A_user_that_moved_to_another_account_is_closed()
    {
        await using var broker = new TestBroker(options: Users(("ann", null)));
        using InProcessClient ann = broker.OpenFor("ann");

        broker.Access.Apply(TwoAccounts());

        Assert.Equal(CloseReason.ClientClosed, Assert.Single(broker.Registry.SnapshotClosed()).Reason);
    }

    [Fact]
    [Trait("Safety", "AUTHZ-8")]
    public async Task Subscriptions_that_are_no_longer_permitted_end_with_the_reason_and_others_are_filtered()
    {
        await using var broker = new TestBroker(options: Users(("ann", null)));
        using InProcessClient ann = broker.OpenFor("ann");
        using InProcessSubscription gone = ann.Subscribe("secret.x"), wide = ann.Subscribe(">");

        broker.Access.Apply(Users(("ann", new PermissionOptions { Subscribe = new SubjectPermissionOptions { Deny = ["secret.>"] } })));
        await ann.PublishAsync("secret.x", "no", cancellationToken: Token);
        await ann.PublishAsync("open", "yes", cancellationToken: Token);

        var told = await Assert.ThrowsAsync<NatsException>(async () => await ReadAsync(gone));
        Assert.StartsWith("Permissions Violation for Subscription to \"secret.x\" (sid \"", told.Message, StringComparison.Ordinal);
        Assert.Equal("open", (await ReadAsync(wide)).Subject);
    }

    [Fact]
    [Trait("Safety", "AUTHZ-8")]
    public async Task Requests_are_answered_again_once_the_inbox_is_permitted_again()
    {
        NatsBrokerOptions denied = Users(("ann", new PermissionOptions { Subscribe = new SubjectPermissionOptions { Deny = ["_INBOX.>"] } }));
        await using var broker = new TestBroker(options: Users(("ann", null)));
        using InProcessClient ann = broker.OpenFor("ann"), service = broker.Open();
        await using InProcessSubscription echo = service.Subscribe("echo", message => message.ReplyAsync(message.Text));
        await ann.RequestAsync("echo", "1", cancellationToken: Token);

        broker.Access.Apply(denied);
        await Assert.ThrowsAsync<NatsException>(() => ann.RequestAsync("echo", "2", cancellationToken: Token));
        broker.Access.Apply(Users(("ann", null)));

        Assert.Equal("3", (await ann.RequestAsync("echo", "3", cancellationToken: Token)).Text);
    }

    [Fact]
    [Trait("Safety", "ISO-7")]
    public async Task Whoever_it_stands_for_sees_its_own_account_alone()
    {
        await using var broker = new TestBroker(options: TwoAccounts());
        using InProcessClient ann = broker.OpenFor("ann"), bob = broker.OpenFor("bob");
        using InProcessSubscription annHears = ann.Subscribe(">"), bobHears = bob.Subscribe(">");

        await ann.PublishAsync("news", "of A", cancellationToken: Token);
        await bob.PublishAsync("news", "of B", cancellationToken: Token);

        Assert.Equal(("of A", "of B"), ((await ReadAsync(annHears)).Text, (await ReadAsync(bobHears)).Text));
        Assert.Equal((0, 0), (annHears.PendingMessages, bobHears.PendingMessages));
        Assert.Equal(["A", "B"], broker.Registry.SnapshotOpen().Select(connection => connection.AccountName).Order());
    }

    private static async Task<NatsMessage> ReadAsync(InProcessSubscription subscription) =>
        await subscription.Reader.ReadAsync(Token).AsTask().WaitAsync(RawClient.Patience, Token);

    private static MappingOptions Mapping(string source, string destination, int weight = 100) =>
        new() { Source = source, Destinations = [new MappingDestinationOptions { Destination = destination, Weight = weight }] };

    private static NatsBrokerOptions Users(params (string Name, PermissionOptions? Permissions)[] users) => new()
    {
        Authorization = { Users = [.. users.Select(user => new UserOptions { User = user.Name, Password = "pw", Permissions = user.Permissions })] },
    };

    private static NatsBrokerOptions TwoAccounts() => new()
    {
        Accounts =
        [
            new AccountOptions { Name = "A", Users = [new UserOptions { User = "ann", Password = "pw" }] },
            new AccountOptions { Name = "B", Users = [new UserOptions { User = "bob", Password = "pw" }] },
        ],
    };

    private static NatsBrokerOptions Limited(AccountLimitOptions limits) => new()
    {
        NoSystemAccount = true,
        Accounts = [new AccountOptions { Name = "A", Users = [new UserOptions { User = "ann", Password = "p" }], Limits = limits }],
    };
}
