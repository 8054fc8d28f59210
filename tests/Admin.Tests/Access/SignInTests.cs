using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Admin.Access;
using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Admin.Tests.Access;

public sealed class SignInTests
{
    private const string AdminToken = "0123456789-admin-0123456789";

    private readonly FakeTimeProvider _time = new();
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
        var access = new ConsoleAccess(new NatsBrokerOptions(), _links, _time);

        Assert.Null(await access.SignInAsync("", "test"));
        Assert.Null(await access.SignInAsync("admin", "test"));
    }

    [Fact]
    [Trait("Safety", "ADM-3")]
    public async Task A_token_gives_the_role_it_was_set_for()
    {
        var options = new NatsBrokerOptions { Console = { AdminToken = AdminToken, OperatorToken = AdminToken + "o", ViewerToken = AdminToken + "v" } };
        var access = new ConsoleAccess(options, _links, _time);

        Assert.Equal(ConsoleRole.Admin, (await access.SignInAsync(AdminToken, "test"))!.Role);
        Assert.Equal(ConsoleRole.Operator, (await access.SignInAsync(AdminToken + "o", "test"))!.Role);
        Assert.Equal(ConsoleRole.Viewer, (await access.SignInAsync(AdminToken + "v", "test"))!.Role);
        Assert.Null(await access.SignInAsync(AdminToken + "x", "test"));
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
}
