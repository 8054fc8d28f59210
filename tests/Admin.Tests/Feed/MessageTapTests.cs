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

    [Fact]
    public void A_filter_is_asked_before_anything_is_counted()
    {
        using var tap = new MessageTap(_account, ">", _time, filter: TapFilter.Parse("size>3 $.id=7"));
        Publish("a", "{}");
        Publish("a", "{\"id\":8}");
        Publish("a", "{\"id\":7}");

        Assert.Equal("{\"id\":7}", Assert.Single(tap.Take()).Preview);
        Assert.Equal((1, 0), (tap.Seen, tap.PassedOver));
    }

    [Fact]
    [Trait("Safety", "UI-2")]
    public void No_more_than_so_many_are_opened_in_a_second()
    {
        using var tap = new MessageTap(_account, ">", _time, filter: TapFilter.Parse("$.id=7"));
        for (int i = 0; i < MessageTap.MaxOpened; i++)
        {
            Publish("a", "{}");
        }

        Publish("a", "{\"id\":7}");
        Assert.Empty(tap.Take());
        Assert.Equal((0, 1), (tap.Seen, tap.PassedOver));

        _time.Advance(TimeSpan.FromSeconds(1));
        Publish("a", "{\"id\":7}");
        Assert.Single(tap.Take());
    }

    [Fact]
    public void An_answer_is_shown_with_its_request_and_the_time_between_them()
    {
        using var tap = new MessageTap(_account, "ask", _time);
        Publish("ask", "?", reply: "_INBOX.1");
        _time.Advance(TimeSpan.FromMilliseconds(5));
        Publish("_INBOX.1", "!");
        Publish("_INBOX.1", "once more");

        TappedMessage[] messages = [.. tap.Take()];

        Assert.Equal(["?", "!"], messages.Select(message => message.Preview));
        Assert.Equal((messages[0].Number, TimeSpan.FromMilliseconds(5)), (messages[1].AnswerTo, messages[1].After));
    }

    [Fact]
    public void An_answer_is_not_awaited_for_ever()
    {
        using var tap = new MessageTap(_account, "ask", _time);
        Publish("ask", "?", reply: "_INBOX.1");
        _time.Advance(MessageTap.Patience + TimeSpan.FromSeconds(1));
        Assert.Single(tap.Take());

        Publish("_INBOX.1", "!");

        Assert.Empty(tap.Take());
    }

    private void Publish(string subject, string payload, string reply = "")
    {
        byte[] body = Encoding.UTF8.GetBytes(payload + "\r\n");
        var message = new Message { Subject = Encoding.UTF8.GetBytes(subject), Reply = Encoding.UTF8.GetBytes(reply), Body = body, Length = body.Length - 2 };
        _account.Observers.Show(in message, 1, isTaken: true);
    }
}
