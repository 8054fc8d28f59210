using System.Runtime.CompilerServices;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Delivery;

[Trait("Safety", "CRASH-7")]
public class PublisherRetentionTests
{
    private readonly Account _account = new AccountDirectory(new NatsBrokerOptions()).Global;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_publisher_that_waits_or_is_gone_holds_none_of_its_last_receivers(bool isGone)
    {
        // One that waits has paused for slow receivers before; one that is gone may not have.
        var publisher = new Publisher(new Receiver(DeliveryResult.Delivered));
        WeakReference receiver = PublishToOneThatLeaves(publisher, DeliveryResult.Delivered | (isGone ? DeliveryResult.Stall : 0));

        ((Action)(isGone ? publisher.Abandon : publisher.Rest))();

        GC.Collect();
        Assert.False(receiver.IsAlive);
        GC.KeepAlive(publisher);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference PublishToOneThatLeaves(Publisher publisher, DeliveryResult result)
    {
        var receiver = new Receiver(result);
        var subscription = new Subscription(receiver, "a.*"u8, [], "1"u8);
        _account.Sublist.Insert(subscription);
        var message = new Message { Subject = "a.b"u8, SizeText = "0"u8, Body = "\r\n"u8 };
        publisher.Publish(_account, ref message);
        Assert.Equal(1, receiver.Received);
        publisher.Batch.Flush();
        subscription.Close();
        _account.Sublist.Remove(subscription);
        return new WeakReference(receiver);
    }

    private sealed class Receiver(DeliveryResult result) : ISubscriber
    {
        public ulong Id => 1;

        public int Received { get; private set; }

        public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
        {
            Received++;
            return result;
        }

        public void Flush()
        {
        }

        public Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;
    }
}
