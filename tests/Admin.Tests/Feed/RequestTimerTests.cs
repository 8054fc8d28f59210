using System.Text;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class RequestTimerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Account _account = new("A", new SublistLimits(255));
    private readonly RequestTimer _timer;

    public RequestTimerTests()
    {
        _timer = new RequestTimer(_account, _time);
        _timer.Watch(["hello", "orders.*"]);
    }

    public void Dispose() => _timer.Dispose();

    [Fact]
    public void A_request_is_timed_until_its_answer()
    {
        for (int i = 1; i <= 100; i++)
        {
            Publish("orders.eu", $"_INBOX.{i}");
            _time.Advance(TimeSpan.FromMilliseconds(i));
            Publish($"_INBOX.{i}");
        }

        RequestTimes times = _timer.Sample()["orders.*"];

        Assert.Equal((100, 0), (times.Answered, times.Unanswered));
        Assert.InRange(times.P50.TotalMilliseconds, 50, 57);
        Assert.InRange(times.P95.TotalMilliseconds, 95, 107);
        Assert.InRange(times.P99.TotalMilliseconds, 99, 112);
        Assert.Equal(0, _timer.Sample()["hello"].Answered);
    }

    [Fact]
    public void A_request_without_an_answer_is_counted_when_patience_ends()
    {
        Publish("hello", "_INBOX.1");
        Publish("hello", "_INBOX.2", isTaken: false);
        Assert.Equal(1, _timer.Sample()["hello"].Unanswered);

        _time.Advance(RequestTimer.Patience + TimeSpan.FromSeconds(1));
        Assert.Equal(2, _timer.Sample()["hello"].Unanswered);

        Publish("_INBOX.1");
        Assert.Equal((0, 2), (_timer.Sample()["hello"].Answered, _timer.Sample()["hello"].Unanswered));
    }

    [Fact]
    [Trait("Safety", "UI-2")]
    public void No_more_than_so_many_requests_are_remembered()
    {
        for (int i = 0; i < RequestTimer.MaxUnderWay + 100; i++)
        {
            Publish("hello", $"_INBOX.{i}");
        }

        _time.Advance(RequestTimer.Patience + TimeSpan.FromSeconds(1));
        Assert.Equal(RequestTimer.MaxUnderWay, _timer.Sample()["hello"].Unanswered);
    }

    [Fact]
    public void When_nobody_looks_any_more_publishers_show_it_nothing()
    {
        Assert.False(_account.Observers.IsEmpty);

        _timer.Dispose();

        Assert.True(_account.Observers.IsEmpty);
    }

    private void Publish(string subject, string reply = "", bool isTaken = true)
    {
        var message = new Message { Subject = Encoding.UTF8.GetBytes(subject), Reply = Encoding.UTF8.GetBytes(reply) };
        _account.Observers.Show(in message, 1, isTaken);
    }
}
