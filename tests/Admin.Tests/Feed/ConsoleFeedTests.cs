using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class ConsoleFeedTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private ConsoleApplication _app = null!;
    private ConsoleFeed _feed = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await ConsoleApplication.StartAsync();
        _feed = new ConsoleFeed(
            _app.Services.GetRequiredService<ConnectionRegistry>(),
            _app.Services.GetRequiredService<AccountDirectory>(),
            _app.Services.GetRequiredService<LiveSettings>(),
            _time,
            NullLogger<ConsoleFeed>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _feed.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    [Trait("Safety", "UI-2")]
    public async Task All_viewers_get_the_same_snapshot_once_a_second()
    {
        var first = new TaskCompletionSource<FeedSnapshot>();
        var second = new TaskCompletionSource<FeedSnapshot>();
        using var one = _feed.Watch(FeedParts.Totals, first.SetResult);
        using var other = _feed.Watch(FeedParts.Connections, second.SetResult);

        _time.Advance(ConsoleFeed.Interval);

        Assert.Same(await first.Task, await second.Task);
    }

    [Fact]
    public async Task Nothing_is_looked_at_once_nobody_looks()
    {
        int ticks = 0;
        var ticked = new TaskCompletionSource();
        IDisposable watch = _feed.Watch(FeedParts.Totals, _ =>
        {
            ticks++;
            ticked.TrySetResult();
        });
        _time.Advance(ConsoleFeed.Interval);
        await ticked.Task;

        watch.Dispose();
        _time.Advance(ConsoleFeed.Interval * 10);

        Assert.Equal((1, 0), (ticks, _feed.Viewers));
    }

    [Fact]
    public async Task Rates_are_those_between_two_looks()
    {
        await using var client = await _app.ConnectAsync("CONNECT {\"verbose\":false}\r\nSUB a 1\r\n");
        FeedSnapshot before = _feed.Look(FeedParts.Connections);
        await client.SendAsync("PUB a 5\r\nhello\r\nPUB a 5\r\nhello\r\nPING\r\n", TestContext.Current.CancellationToken);
        await client.ReadUntilAsync("PONG\r\n", TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromSeconds(2));
        FeedSnapshot after = _feed.Look(FeedParts.Connections);

        Assert.Null(before.Rate);
        Assert.Equal(new TrafficRate(1, 1, 5, 5), after.Rate);
        Assert.Equal(new TrafficRate(1, 1, 5, 5), Assert.Single(after.Connections).Rate);
    }

    [Fact]
    public void Publishers_are_counted_only_while_a_page_needs_it()
    {
        Account account = _app.Services.GetRequiredService<AccountDirectory>().Global;
        Assert.True(account.Observers.IsEmpty);

        _feed.Look(FeedParts.Traffic);
        Assert.False(account.Observers.IsEmpty);
        using (_feed.Watch(FeedParts.Totals, _ => { }))
        {
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(SpinWait.SpinUntil(() => account.Observers.IsEmpty, TimeSpan.FromSeconds(5)));
    }
}
