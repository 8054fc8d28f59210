using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class SecurityEventsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Safety", "LOG-2")]
    public async Task What_was_tried_is_counted_with_the_rule_against_it_and_what_would_allow_it()
    {
        await using var app = await ConsoleApplication.StartAsync(
            options => options.Authorization.Users =
            [
                new UserOptions
                {
                    User = "ann",
                    Password = "canary-password",
                    Permissions = new PermissionOptions { Publish = new SubjectPermissionOptions { Deny = ["orders.>"] }, Subscribe = new SubjectPermissionOptions { Allow = ["stock.>"] } },
                },
            ],
            withLog: true);
        await using (await app.ConnectAsync("CONNECT {\"user\":\"ann\",\"pass\":\"canary-password\",\"verbose\":false}\r\nPUB orders.eu 0\r\n\r\nPUB orders.eu 0\r\n\r\nSUB secret 1\r\n"))
        {
        }

        await using var stranger = await RawClient.ConnectAsync("127.0.0.1", app.Services.GetRequiredService<NatsServer>().ClientUri!.Port, Cancel);
        await stranger.SendAsync("CONNECT {\"user\":\"ann\",\"pass\":\"canary-guess\",\"verbose\":false}\r\n", Cancel);
        await stranger.ReadToEndAsync(Cancel);

        SecurityEvent[] events = app.Services.GetRequiredService<SecurityEvents>().Latest();

        SecurityEvent publish = Assert.Single(events, tried => tried.What == "publish");
        Assert.Equal(("ann", "127.0.0.1", "orders.eu", 2), (publish.User, publish.Address, publish.Subject, publish.Count));
        Assert.Equal(("publish.deny: orders.>", "user ann: without publish.deny: orders.>"), (publish.Rule, publish.Remedy));
        SecurityEvent subscribe = Assert.Single(events, tried => tried.What == "subscribe");
        Assert.Equal(("subscribe.allow: stock.> only", "user ann: subscribe.allow: secret"), (subscribe.Rule, subscribe.Remedy));
        SecurityEvent login = Assert.Single(events, tried => tried.What == "log in");
        Assert.Equal(("ann", ""), (login.User, login.Remedy));
        Assert.DoesNotContain("canary", string.Concat(events.Select(tried => tried.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_about_anything_else_are_none()
    {
        var events = new SecurityEvents(new FakeTimeProvider());

        events.Note(new EventId(1025, "Ready"), []);

        Assert.Empty(events.Latest());
    }

    [Fact]
    public void A_day_later_they_are_gone_and_there_are_never_too_many()
    {
        var time = new FakeTimeProvider();
        var events = new SecurityEvents(time);
        for (int i = 0; i < SecurityEvents.MaxKept + 10; i++)
        {
            events.Note(new EventId(1052, "SubscriptionRevoked"), [new("Subject", $"\"s.{i}\"")]);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((SecurityEvents.MaxKept, "s.1009", "s.10"), (events.Latest().Length, events.Latest()[0].Subject, events.Latest()[^1].Subject));
        time.Advance(SecurityEvents.Kept);
        Assert.Empty(events.Latest());
    }
}
