using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

/// <summary>Who is kept from a subject, and by which line.</summary>
public sealed class DenialTests : IAsyncLifetime
{
    private readonly List<RawClient> _clients = [];
    private ConsoleApplication _app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ConnectionRegistry Registry => _app.Services.GetRequiredService<ConnectionRegistry>();

    private Account Account => _app.Services.GetRequiredService<AccountDirectory>().Global;

    public async ValueTask InitializeAsync()
    {
        _app = await ConsoleApplication.StartAsync(options => options.Authorization.Users.AddRange(
        [
            User("all", null),
            User("reader", new() { Publish = new() { Deny = ["orders.>"] }, Subscribe = new() { Deny = ["orders.secret", "orders.eu billing"] } }),
            User("worker", new() { Publish = new() { Allow = ["work.done"] }, Subscribe = new() { Allow = ["orders.* workers"] } }),
            User("service", new() { AllowResponses = new() }),
        ]));
        await ConnectAsync("all", "SUB orders.eu billing 1\r\n");
        await ConnectAsync("reader", "SUB orders.* 1\r\n");
        await ConnectAsync("worker", "SUB orders.* workers 1\r\n");
        await ConnectAsync("service", "SUB orders.eu 1\r\n");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RawClient client in _clients)
        {
            await client.DisposeAsync();
        }

        await _app.DisposeAsync();
    }

    [Fact]
    public void Each_denial_names_the_line_that_makes_it()
    {
        var denials = Receivers.Find(Account, "orders.eu", Registry).Denials.Select(denial => (denial.User, denial.Act, denial.Line));

        Assert.Equal(
            [
                ("reader", "publish", "publish.deny: orders.>"),
                ("reader", "join billing", "subscribe.deny: orders.eu billing"),
                ("worker", "publish", "publish.allow: work.done only"),
                ("worker", "subscribe", "subscribe.allow: orders.* workers only"),
                ("service", "publish", "publish.allow: nothing only, and answers to requests"),
            ],
            denials);
    }

    [Fact]
    public async Task A_wildcard_subscription_that_is_denied_the_subject_is_no_receiver_and_gets_nothing()
    {
        Receivers receivers = Receivers.Find(Account, "orders.secret", Registry);

        Assert.Empty(receivers.Plain);
        Assert.Equal("workers", Assert.Single(receivers.Groups).Key);
        Assert.Contains(receivers.Denials, denial => denial is { User: "reader", Act: "receive by its orders.*", Line: "subscribe.deny: orders.secret" });

        await _clients[0].SendAsync("PUB orders.secret 1\r\nx\r\nPUB orders.eu 1\r\ny\r\nPING\r\n", Cancel);
        string got = await _clients[1].ReadUntilAsync("y\r\n", Cancel);
        Assert.DoesNotContain("orders.secret", got, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_pattern_it_is_told_who_may_not_subscribe_to_it()
    {
        Receivers receivers = Receivers.Find(Account, "orders.>", Registry);

        Assert.DoesNotContain(receivers.Denials, denial => denial.Act == "publish");
        Assert.Contains(receivers.Denials, denial => denial is { User: "worker", Act: "subscribe" });
    }

    [Fact]
    public void A_client_sees_what_its_subscriptions_and_permissions_let_through()
    {
        ConnectionSnapshot reader = Registry.FindOpen(IdOf("reader"), withSubscriptions: true)!;

        ClientReach[] reach = [.. ClientReach.Of(reader, Registry.PermissionsOf(reader.Id), ["orders.eu", "orders.secret", "stock"])];

        Assert.Equal([["orders.*"], [], []], reach.Select(subject => subject.By));
        Assert.Equal([null, "subscribe.deny: orders.secret", null], reach.Select(subject => subject.AgainstReceive));
        Assert.Equal(["publish.deny: orders.>", "publish.deny: orders.>", null], reach.Select(subject => subject.AgainstPublish));
        Assert.Equal(["subscribe.deny: orders.secret"], ClientReach.Exceptions(reader.Subscriptions[0], Registry.PermissionsOf(reader.Id)));
    }

    [Fact]
    public async Task Programs_ask_for_denials_too()
    {
        using var response = await _app.SendAsync(HttpMethod.Get, "/api/v1/denials?subject=orders.eu", ConsoleApplication.ViewerToken);

        Assert.Contains("""{"cid":2,"user":"reader","act":"publish","line":"publish.deny: orders.\u003E"}""", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static UserOptions User(string name, PermissionOptions? permissions) => new() { User = name, Password = "secret", Permissions = permissions };

    private ulong IdOf(string user) => Registry.SnapshotOpen().Single(connection => connection.AuthorizedUser == user).Id;

    private async Task ConnectAsync(string user, string lines) =>
        _clients.Add(await _app.ConnectAsync($$"""CONNECT {"verbose":false,"user":"{{user}}","pass":"secret"}""" + "\r\n" + lines));
}
