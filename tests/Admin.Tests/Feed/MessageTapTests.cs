using System.Text;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class MessageTapTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Account _account = new("A", new SublistLimits(255));

    [Fact]
    public void A_tap_shows_what_matches_and_only_counts_the_rest()
    {
        using var tap = new MessageTap(_account, "orders.*", _time);
        Publish("orders.eu", "hello");
        Publish("stock.eu", "hello");

        TappedMessage message = Assert.Single(tap.Take());

        Assert.Equal(("orders.eu", "hello", 1), (message.Subject, message.Preview, tap.Seen));
    }

    [Fact]
    [Trait("Safety", "UI-2")]
    public void No_more_than_so_many_are_copied_in_a_second()
    {
        using var tap = new MessageTap(_account, ">", _time);
        for (int i = 0; i < 1000; i++)
        {
            Publish("a", "x");
        }

        Assert.Equal((MessageTap.MaxPerSecond, 1000), (tap.Take().Count, tap.Seen));
        _time.Advance(TimeSpan.FromSeconds(1));
        Publish("a", "x");
        Assert.Single(tap.Take());
    }

    [Fact]
    [Trait("Safety", "UI-3")]
    public void A_large_payload_is_cut_to_its_beginning()
    {
        using var tap = new MessageTap(_account, ">", _time);
        Publish("a", new string('x', 100_000));

        TappedMessage message = Assert.Single(tap.Take());

        Assert.Equal((MessageTap.MaxPreview, 100_000), (message.Payload.Length, message.PayloadLength));
    }

    [Fact]
    [Trait("Safety", "UI-3")]
    public void Bytes_that_are_no_text_show_as_hex()
    {
        using var tap = new MessageTap(_account, ">", _time);
        Publish("a", "\0\u0001\u0002");

        Assert.Equal("00 01 02", Assert.Single(tap.Take()).Preview);
    }

    [Fact]
    public void The_account_is_not_observed_once_nobody_listens_in()
    {
        var first = new MessageTap(_account, ">", _time);
        var second = new MessageTap(_account, ">", _time);
        Assert.False(_account.Observers.IsEmpty);

        first.Dispose();
        Assert.False(_account.Observers.IsEmpty);
        second.Dispose();

        Assert.True(_account.Observers.IsEmpty);
    }

    private void Publish(string subject, string payload)
    {
        byte[] body = Encoding.UTF8.GetBytes(payload + "\r\n");
        var message = new Message { Subject = Encoding.UTF8.GetBytes(subject), Body = body, Length = body.Length - 2 };
        _account.Observers.Show(in message, 1, isTaken: true);
    }
}
