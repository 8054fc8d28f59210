using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Delivery;

[Collection(nameof(SharedBodies))]
public class PublisherTests
{
    private readonly Account _account = new("$G", new SublistLimits(255));
    private readonly RecordingSubscriber _self = new(id: 42);
    private readonly Publisher _publisher;

    public PublisherTests() => _publisher = new Publisher(_self);

    [Fact]
    public void Queue_members_get_about_the_same_share()
    {
        const int Members = 5, Messages = 20_000;
        var member = new RecordingSubscriber();
        for (int i = 0; i < Members; i++)
        {
            Subscribe(member, "a", $"{i}", "q");
        }

        for (int i = 0; i < Messages; i++)
        {
            Assert.Equal(PublishResult.Delivered, Publish("a", "x"));
        }

        var shares = member.Received.GroupBy(message => message).Select(share => share.Count()).ToArray();
        Assert.Equal(Members, shares.Length);

        // Five standard deviations of a fair draw.
        Assert.All(shares, share => Assert.InRange(share, (Messages / Members) - 283, (Messages / Members) + 283));
    }

    [Fact]
    public void A_queue_member_that_refuses_is_passed_over_and_the_others_share()
    {
        var member = new RecordingSubscriber { Result = static subscription => subscription.Sid[0] == '1' ? DeliveryResult.Delivered : DeliveryResult.Refused };
        for (int i = 0; i < 4; i++)
        {
            Subscribe(member, "a", $"{i}", "q");
        }

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(PublishResult.Delivered, Publish("a", "x"));
        }

        Assert.Equal(Enumerable.Repeat("1 x", 100), member.Received);
    }

    [Fact]
    public void Where_every_member_refuses_nobody_took_it()
    {
        var member = new RecordingSubscriber { Result = static _ => DeliveryResult.Refused };
        Subscribe(member, "a", "1", "q");
        Subscribe(member, "a", "2");

        Assert.Equal(PublishResult.Nobody, Publish("a", "x"));
        Assert.Equal(PublishResult.Nobody, Publish("b", "x"));
    }

    [Fact]
    public void A_group_gets_one_copy_whatever_its_members_listen_to_and_each_group_its_own()
    {
        var member = new RecordingSubscriber();
        Subscribe(member, "a.b", "1", "q");
        Subscribe(member, "a.*", "1", "q");
        Subscribe(member, "a.>", "2", "r");
        Subscribe(member, ">", "3");

        Publish("a.b", "x");

        Assert.Equal(["1 x", "2 x", "3 x"], member.Received.Order());
    }

    [Fact]
    public void Without_echo_the_publisher_is_passed_over_also_in_its_queue_group()
    {
        var other = new RecordingSubscriber();
        Subscribe(_self, "a", "1");
        Subscribe(_self, "a", "2", "q");
        Subscribe(other, "a", "3", "q");
        _publisher.Echo = false;

        for (int i = 0; i < 20; i++)
        {
            Publish("a", "x");
        }

        Assert.Empty(_self.Received);
        Assert.Equal(20, other.Received.Count);
        _publisher.Echo = true;
        Publish("a", "x");
        Assert.Contains("1 x", _self.Received);
    }

    [Fact]
    [Trait("Safety", "SLOW-5")]
    public void A_message_to_thousands_is_delivered_in_slices_and_to_each_once()
    {
        var receiver = new RecordingSubscriber();
        for (int i = 0; i < 3500; i++)
        {
            Subscribe(receiver, "a", $"{i}");
        }

        var slices = new List<int>();
        PublishResult result = Publish("a", "hello");
        slices.Add(receiver.Received.Count);
        while (_publisher.HasMore)
        {
            _publisher.Continue();
            slices.Add(receiver.Received.Count);
        }

        Assert.Equal(PublishResult.Delivered, result);
        Assert.Equal([1000, 2000, 3000, 3500], slices);
        Assert.Equal(3500, receiver.Received.Distinct().Count());
    }

    [Fact]
    [Trait("Safety", "SLOW-5")]
    public void A_message_that_the_first_thousand_refuse_still_counts_as_delivered()
    {
        int seen = 0;
        var receiver = new RecordingSubscriber();
        receiver.Result = _ => ++seen <= 2200 ? DeliveryResult.Refused : DeliveryResult.Delivered;
        for (int i = 0; i < 3500; i++)
        {
            Subscribe(receiver, "a", $"{i}");
        }

        Assert.Equal(PublishResult.Delivered, Publish("a", "x"));
        Assert.True(_publisher.HasMore);
        receiver.Result = static _ => DeliveryResult.Refused;
        while (_publisher.HasMore)
        {
            _publisher.Continue();
        }

        Assert.Equal(PublishResult.Nobody, Publish("a", "x"));
        Assert.False(_publisher.HasMore);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [Trait("Safety", "CRASH-7")]
    public void However_far_a_fan_out_got_its_body_is_given_back(int slices)
    {
        long before = SharedBody.LivingBytes;
        var receiver = new RecordingSubscriber();
        for (int i = 0; i < 3500; i++)
        {
            Subscribe(receiver, "a", $"{i}");
        }

        Publish("a", new string('x', 20_000));
        for (int i = 0; i < slices; i++)
        {
            _publisher.Continue();
        }

        _publisher.Abandon();

        Assert.Equal(before, SharedBody.LivingBytes);
    }

    [Fact]
    [Trait("Safety", "MEM-4")]
    public void A_large_payload_is_copied_once_for_all_its_receivers()
    {
        long before = SharedBody.LivingBytes;
        var receiver = new RecordingSubscriber();
        for (int i = 0; i < 500; i++)
        {
            Subscribe(receiver, "a", $"{i}");
        }

        long living = 0;
        receiver.Result = _ =>
        {
            living = Math.Max(living, SharedBody.LivingBytes - before);
            return DeliveryResult.Delivered;
        };
        Publish("a", new string('x', 48_000));

        SharedBody body = Assert.IsType<SharedBody>(receiver.Shared[0]);
        Assert.All(receiver.Shared, shared => Assert.Same(body, shared));
        Assert.InRange(living, 48_000, 64 * 1024);
        Assert.Equal(before, SharedBody.LivingBytes);
    }

    [Theory]
    [InlineData(100, 5)]
    [InlineData(48_000, 1)]
    public void Small_payloads_and_single_receivers_need_no_shared_copy(int length, int receivers)
    {
        var receiver = new RecordingSubscriber();
        for (int i = 0; i < receivers; i++)
        {
            Subscribe(receiver, "a", $"{i}");
        }

        Publish("a", new string('x', length));

        Assert.All(receiver.Shared, Assert.Null);
    }

    [Fact]
    [Trait("Safety", "CRASH-1")]
    public void A_receiver_that_fails_leaves_no_shared_body_behind()
    {
        long before = SharedBody.LivingBytes;
        var receiver = new RecordingSubscriber { Result = static _ => throw new InvalidOperationException() };
        Subscribe(receiver, "a", "1");
        Subscribe(receiver, "a", "2");

        Assert.Throws<InvalidOperationException>(() => Publish("a", new string('x', 48_000)));

        Assert.Equal(before, SharedBody.LivingBytes);
    }

    [Fact]
    public void Messages_of_one_publisher_arrive_in_order_at_each_subscription()
    {
        var receiver = new RecordingSubscriber();
        Subscribe(receiver, "a", "1");
        Subscribe(receiver, "*", "2");

        for (int i = 0; i < 2000; i++)
        {
            Publish("a", $"{i}");
        }

        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"1 {i}"), receiver.Received.Where(message => message[0] == '1'));
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"2 {i}"), receiver.Received.Where(message => message[0] == '2'));
    }

    [Fact]
    public void Who_is_owed_a_flush_gets_one_and_nobody_else_does()
    {
        var owed = new RecordingSubscriber { Result = static _ => DeliveryResult.Delivered | DeliveryResult.NeedsFlush };
        var other = new RecordingSubscriber();
        Subscribe(owed, "a", "1");
        Subscribe(other, "a", "2");
        Publish("a", "x");

        _publisher.Batch.Flush();
        _publisher.Batch.Flush();

        Assert.Equal((1, 0), (owed.Flushes, other.Flushes));
    }

    [Fact]
    [Trait("Safety", "CRASH-1")]
    public void A_receiver_whose_flush_fails_does_not_keep_the_others_from_theirs()
    {
        RecordingSubscriber[] receivers = [new(), new(), new()];
        foreach (RecordingSubscriber receiver in receivers)
        {
            receiver.Result = static _ => DeliveryResult.Delivered | DeliveryResult.NeedsFlush;
            Subscribe(receiver, "a", "1");
        }

        receivers[1].Flushing = static () => throw new InvalidOperationException();
        Publish("a", "x");

        Assert.Throws<InvalidOperationException>(_publisher.Batch.Flush);
        _publisher.Batch.Flush();

        Assert.All(receivers, receiver => Assert.Equal(1, receiver.Flushes));
    }

    [Fact]
    [Trait("Safety", "SLOW-3")]
    public void A_slow_receiver_and_a_full_batch_are_noticed_until_they_are_dealt_with()
    {
        var slow = new RecordingSubscriber { Result = static _ => DeliveryResult.Delivered | DeliveryResult.Stall };
        Subscribe(slow, "a", "1");
        Publish("a", new string('x', 1024 * 1024));
        Assert.Same(slow, _publisher.Batch.Slow);
        Assert.False(_publisher.Batch.IsFull);

        for (int i = 0; i < 4; i++)
        {
            Publish("a", new string('x', 1024 * 1024));
        }

        Assert.True(_publisher.Batch.IsFull);
        _publisher.Batch.Flush();
        _publisher.Batch.ForgetSlow();
        Assert.Null(_publisher.Batch.Slow);
        Assert.False(_publisher.Batch.IsFull);
    }

    private void Subscribe(RecordingSubscriber subscriber, string subject, string sid, string queue = "") =>
        _account.Sublist.Insert(new Subscription(subscriber, Encoding.Latin1.GetBytes(subject), Encoding.Latin1.GetBytes(queue), Encoding.Latin1.GetBytes(sid)));

    private PublishResult Publish(string subject, string body)
    {
        var message = new Message
        {
            Subject = Encoding.Latin1.GetBytes(subject),
            SizeText = Encoding.Latin1.GetBytes($"{body.Length}"),
            Body = Encoding.Latin1.GetBytes(body + "\r\n"),
            Length = body.Length,
        };
        return _publisher.Publish(_account, ref message);
    }
}
