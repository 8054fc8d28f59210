using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

[Trait("Safety", "TIME-3")]
public sealed class TimerWheelTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private readonly TimerWheel _wheel;

    public TimerWheelTests() => _wheel = new TimerWheel(_time, _log.For<TimerWheel>());

    public void Dispose() => _wheel.Dispose();

    [Fact]
    public void Random_timers_fire_once_never_early_and_at_most_two_ticks_late()
    {
        var random = new Random(1);
        var timers = new List<(TestTimer Timer, TimeSpan Due)>();
        TimeSpan now = TimeSpan.Zero;
        for (int step = 0; step < 3000; step++)
        {
            var timer = new TestTimer(() => now);
            TimeSpan delay = TimeSpan.FromMilliseconds(random.Next(600_000));
            _wheel.Set(timer, delay);
            timers.Add((timer, now + delay));
            var passed = TimeSpan.FromMilliseconds(random.Next(400));
            now += passed;
            _time.Advance(passed);
        }

        for (int i = 0; i < 6100; i++)
        {
            now += TimerWheel.Tick;
            _time.Advance(TimerWheel.Tick);
        }

        // The clock stands at the end of an advance while its ticks are fired: up to 400 ms are the test's own.
        Assert.All(timers, entry => Assert.InRange(
            Assert.Single(entry.Timer.Fired) - entry.Due, TimeSpan.Zero, (2 * TimerWheel.Tick) + TimeSpan.FromMilliseconds(400)));
    }

    [Fact]
    public void A_timer_set_again_fires_at_the_later_time_only()
    {
        var timer = new TestTimer();
        _wheel.Set(timer, TimeSpan.FromSeconds(1));
        _wheel.Set(timer, TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Empty(timer.Fired);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Single(timer.Fired);
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire_and_leaves_its_neighbours_alone()
    {
        TestTimer[] timers = [new(), new(), new(), new(), new()];
        foreach (TestTimer timer in timers)
        {
            _wheel.Set(timer, TimeSpan.FromSeconds(1));
        }

        _wheel.Cancel(timers[0]);
        _wheel.Cancel(timers[2]);
        _wheel.Cancel(timers[2]);
        _wheel.Cancel(timers[4]);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([0, 1, 0, 1, 0], timers.Select(timer => timer.Fired.Count));
    }

    [Fact]
    public void After_a_long_pause_everything_due_fires_and_what_is_not_due_waits()
    {
        var due = new TestTimer();
        var later = new TestTimer();
        _wheel.Set(due, TimeSpan.FromMinutes(30));
        _wheel.Set(later, TimeSpan.FromMinutes(70));

        // One jump, as after a suspended machine: the wheel sees the whole hour at its next tick.
        _time.AutoAdvanceAmount = TimeSpan.Zero;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Single(due.Fired);
        Assert.Empty(later.Fired);
        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.Single(later.Fired);
    }

    [Fact]
    [Trait("Safety", "CRASH-2")]
    public void A_timer_that_fails_is_logged_and_stops_no_other()
    {
        var failing = new TestTimer { Failure = new InvalidOperationException("broken") };
        TestTimer[] others = [new(), new()];
        _wheel.Set(others[0], TimeSpan.FromSeconds(1));
        _wheel.Set(failing, TimeSpan.FromSeconds(1));
        _wheel.Set(others[1], TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.All(others, timer => Assert.Single(timer.Fired));
        Assert.Contains("broken", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "CRASH-2")]
    public void A_log_that_fails_does_not_stop_the_clock()
    {
        _log.Logging = static _ => throw new InvalidOperationException("disk full");
        _wheel.Set(new TestTimer { Failure = new InvalidOperationException("broken") }, TimeSpan.FromSeconds(1));
        var later = new TestTimer();
        _wheel.Set(later, TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Single(later.Fired);
    }

    [Fact]
    public void A_timer_may_set_itself_again()
    {
        TestTimer? again = null;
        again = new TestTimer { Then = () => _wheel.Set(again!, TimeSpan.FromSeconds(1)) };
        _wheel.Set(again, TimeSpan.FromSeconds(1));

        for (int i = 0; i < 120; i++)
        {
            _time.Advance(TimerWheel.Tick);
        }

        Assert.InRange(again.Fired.Count, 10, 11);
    }

    [Fact]
    public async Task Timers_set_and_cancelled_by_many_threads_never_fire_twice_for_one_setting()
    {
        const int Threads = 4, Sets = 20_000;
        var timers = Enumerable.Range(0, 64).Select(_ => new TestTimer()).ToArray();
        using var stop = new CancellationTokenSource();
        Task ticking = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    _time.Advance(TimerWheel.Tick);
                }
            },
            TestContext.Current.CancellationToken);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (int i = 0; i < Sets; i++)
            {
                TestTimer timer = timers[random.Next(timers.Length)];
                if (random.Next(3) == 0)
                {
                    _wheel.Cancel(timer);
                }
                else
                {
                    _wheel.Set(timer, TimeSpan.FromMilliseconds(random.Next(2000)));
                }
            }
        })));
        await stop.CancelAsync();
        await ticking;

        int before = timers.Sum(timer => timer.Fired.Count);
        Array.ForEach(timers, timer => _wheel.Set(timer, TimeSpan.FromSeconds(1)));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(before + timers.Length, timers.Sum(timer => timer.Fired.Count));
        Assert.DoesNotContain(_log.Lines, line => line.Id == 1012);
    }

    private sealed class TestTimer(Func<TimeSpan>? clock = null) : WheelTimer
    {
        public List<TimeSpan> Fired { get; } = [];

        public Exception? Failure { get; init; }

        public Action Then { get; init; } = static () => { };

        public override void OnDue()
        {
            Fired.Add(clock?.Invoke() ?? TimeSpan.Zero);
            Then();
            if (Failure is not null)
            {
                throw Failure;
            }
        }
    }
}
