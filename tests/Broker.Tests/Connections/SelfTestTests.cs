using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

[Trait("Safety", "CRASH-4")]
public sealed class SelfTestTests : IAsyncLifetime
{
    private const int FailedLine = 1034;

    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private readonly ServerHealth _health = new() { IsListening = true };
    private readonly SelfTest _selfTest;

    public SelfTestTests() =>
        _selfTest = new SelfTest(_health, _time, _log.For<SelfTest>());

    private bool IsHealthy => new HealthReport(_health).Check("", "", "", withDetails: false) is null;

    public async ValueTask InitializeAsync() => await _selfTest.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _selfTest.StopAsync(CancellationToken.None);
        _selfTest.Dispose();
    }

    [Fact]
    public void Three_failures_in_a_row_make_the_server_unhealthy_and_one_success_healthy_again()
    {
        var obstacle = new Subscription(new Obstacle(static () => throw new InvalidOperationException("broken")), "SELFTEST"u8, [], "1"u8);
        _selfTest.Account.Sublist.Insert(obstacle);

        AdvanceUntil(() => _health.MissedSelfTests >= 2);
        Assert.True(IsHealthy);
        AdvanceUntil(() => _health.MissedSelfTests >= 3);
        Assert.False(IsHealthy);
        _selfTest.Account.Sublist.Remove(obstacle);
        AdvanceUntil(() => _health.MissedSelfTests == 0);

        Assert.True(IsHealthy);
        Assert.Contains("3 times in a row", _log.Find(FailedLine)[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_that_hangs_fails_again_and_again_but_is_not_joined_by_another()
    {
        using var release = new ManualResetEventSlim();
        int entered = 0;
        var obstacle = new Subscription(
            new Obstacle(() =>
            {
                Interlocked.Increment(ref entered);
                release.Wait();
            }),
            "SELFTEST"u8,
            [],
            "1"u8);
        _selfTest.Account.Sublist.Insert(obstacle);

        AdvanceUntil(() => _health.MissedSelfTests >= 4);
        Assert.Equal(1, Volatile.Read(ref entered));
        release.Set();

        AdvanceUntil(() => _health.MissedSelfTests == 0);
    }

    private void AdvanceUntil(Func<bool> hasHappened) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return SpinWait.SpinUntil(hasHappened, TimeSpan.FromMilliseconds(2));
        },
        TimeSpan.FromSeconds(10)));

    private sealed class Obstacle(Action deliver) : ISubscriber
    {
        public ulong Id => 7;

        public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
        {
            deliver();
            return DeliveryResult.Delivered;
        }

        public void Flush()
        {
        }

        public Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;
    }
}
