using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Admin.Access;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Admin.Tests.Access;

public sealed class SignInTests : IDisposable
{
    // Of "correct horse", at a cost that a test can afford.
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";

    private static readonly ConsoleUserOptions Ann = new() { Name = "ann", Role = "Operator", Password = Hash };

    private const string AdminToken = "0123456789-admin-0123456789";

    private readonly FakeTimeProvider _time = new();
    private readonly BcryptWorkers _workers = new();
    private readonly SignInLinks _links;
    private readonly ConsoleSessions _sessions;

    public SignInTests()
    {
        _links = new SignInLinks(_time);
        _sessions = new ConsoleSessions(_time);
    }

    [Fact]
    [Trait("Safety", "ADM-1")]
    public async Task Nobody_signs_in_with_what_was_never_set()
    {
        var access = Access(new NatsBrokerOptions());

        Assert.Null(await access.SignInAsync("", "", "test"));
        Assert.Null(await access.SignInAsync("", "admin", "test"));
    }

    [Fact]
    [Trait("Safety", "ADM-3")]
    public async Task A_token_gives_the_role_it_was_set_for()
    {
        var options = new NatsBrokerOptions { Console = { AdminToken = AdminToken, OperatorToken = AdminToken + "o", ViewerToken = AdminToken + "v" } };
        var access = Access(options);

        Assert.Equal(ConsoleRole.Admin, (await access.SignInAsync("", AdminToken, "test"))!.Role);
        Assert.Equal(ConsoleRole.Operator, (await access.SignInAsync("", AdminToken + "o", "test"))!.Role);
        Assert.Equal(ConsoleRole.Viewer, (await access.SignInAsync("", AdminToken + "v", "test"))!.Role);
        Assert.Null(await access.SignInAsync("", AdminToken + "x", "test"));
    }

    [Fact]
    [Trait("Safety", "ADM-8")]
    public async Task A_user_signs_in_by_name_and_password_and_the_audit_log_names_them()
    {
        await using var app = await ConsoleApplication.StartAsync(options => options.Console.Users.Add(Ann));
        var access = app.Services.GetRequiredService<ConsoleAccess>();

        Assert.Equal(new ConsoleUser("ann", ConsoleRole.Operator, "test"), await access.SignInAsync("ann", "correct horse", "test"));
        Assert.Null(await access.SignInAsync("ann", "correct hors", "test"));
        Assert.Null(await access.SignInAsync("bob", "correct horse", "test"));
        Assert.Null(await access.SignInAsync("ann", ConsoleApplication.AdminToken, "test"));
        Assert.Null(await access.SignInAsync("", "correct horse", "test"));

        string session = app.Services.GetRequiredService<ConsoleSessions>().Start((await access.SignInAsync("ann", "correct horse", "test"))!);
        using var kick = await app.SendAsync(HttpMethod.Post, "/api/v1/kick", json: """{"cids":[1]}""", headers: ("Cookie", $"nats-console={session}"));
        Assert.Equal(System.Net.HttpStatusCode.OK, kick.StatusCode);
        Assert.Equal("ann", app.Services.GetRequiredService<AuditLog>().Latest()[0].User);
    }

    [Theory]
    [InlineData("", "viewer", Hash, "Nats:Console:Users:0:Name")]
    [InlineData("ann", "owner", Hash, "Nats:Console:Users:0:Role")]
    [InlineData("ann", "admin", "correct horse", "Nats:Console:Users:0")]
    [InlineData("ann", "admin", "$2a$31$abc", "Nats:Console:Users:0:Password")]
    [Trait("Safety", "ADM-1")]
    public void A_user_needs_a_name_a_role_and_the_hash_of_a_password(string name, string role, string password, string key)
    {
        BrokenRule broken = Assert.Single(ConsoleRules.Check(new ConsoleOptions { Users = [new() { Name = name, Role = role, Password = password }] }));

        Assert.Equal(key, broken.Key);
        Assert.DoesNotContain(password, broken.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_signs_in_once()
    {
        string token = _links.Create();

        Assert.True(token.Length >= 32);
        Assert.False(_links.TryUse(token + "0"));
        Assert.True(_links.TryUse(token));
        Assert.False(_links.TryUse(token));
    }

    [Fact]
    public void A_link_is_good_for_an_hour()
    {
        string token = _links.Create();
        _time.Advance(SignInLinks.Lifetime + TimeSpan.FromSeconds(1));

        Assert.False(_links.TryUse(token));
    }

    [Fact]
    public void A_new_link_can_be_had_once_a_minute()
    {
        _links.Create();

        Assert.Null(_links.TryCreate());
        _time.Advance(SignInLinks.MinInterval);
        Assert.NotNull(_links.TryCreate());
    }

    [Fact]
    [Trait("Safety", "UI-5")]
    public void A_session_ends_after_half_an_hour_of_silence_and_after_eight_hours_in_any_case()
    {
        var idle = Start();
        _time.Advance(ConsoleSession.MaxIdle);
        Assert.False(idle.IsValid);

        var busy = Start();
        for (int i = 0; i < 8 * 4; i++)
        {
            Assert.True(busy.IsValid);
            busy.Touch();
            _time.Advance(TimeSpan.FromMinutes(15));
        }

        Assert.False(busy.IsValid);
    }

    [Fact]
    [Trait("Safety", "UI-5")]
    public void Signing_out_ends_the_session_for_every_tab()
    {
        string secret = _sessions.Start(new ConsoleUser("a", ConsoleRole.Admin, "test"));
        ConsoleSession session = _sessions.Find(secret)!;
        var current = new CurrentSession();
        current.Set(session);

        session.End();

        Assert.Null(_sessions.Find(secret));
        Assert.Null(current.User);
        Assert.Throws<UnauthorizedAccessException>(() => current.Demand(ConsoleRole.Viewer));
    }

    [Fact]
    [Trait("Safety", "ADM-4")]
    public void A_role_is_checked_at_every_act()
    {
        var current = new CurrentSession();
        current.Set(Start(ConsoleRole.Operator));

        Assert.NotNull(current.Demand(ConsoleRole.Operator));
        Assert.Throws<UnauthorizedAccessException>(() => current.Demand(ConsoleRole.Admin));
    }

    [Fact]
    [Trait("Safety", "UI-1")]
    public void One_person_has_so_many_tabs_and_no_more()
    {
        ConsoleSession session = Start();
        for (int i = 0; i < ConsoleSessions.MaxTabsEach; i++)
        {
            Assert.True(_sessions.TryOpenTab(session));
        }

        Assert.False(_sessions.TryOpenTab(session));
        Assert.True(_sessions.TryOpenTab(Start()));
        _sessions.CloseTab(session);
        Assert.True(_sessions.TryOpenTab(session));
    }

    [Fact]
    public void Sessions_are_bounded()
    {
        for (int i = 0; i < ConsoleSessions.MaxSessions; i++)
        {
            Start();
        }

        Assert.True(Start().IsValid);
    }

    private ConsoleSession Start(ConsoleRole role = ConsoleRole.Viewer) => _sessions.Find(_sessions.Start(new ConsoleUser("a", role, "test")))!;

    public void Dispose() => _workers.Dispose();

    private ConsoleAccess Access(NatsBrokerOptions options) => new(options, _links, new PasswordChecks(_workers, _time), _time);
}
