using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Delivery;

[Trait("Safety", "SLOW-3")]
public class DeliveryBatchStallTests
{
    private readonly DeliveryBatch _batch = new();
    private readonly Receiver _receiver = new();

    [Fact]
    public void A_receiver_near_its_limit_stops_its_publisher()
    {
        _batch.Add(_receiver, DeliveryResult.Delivered | DeliveryResult.Stall, 10);

        Assert.Same(_receiver, _batch.Slow);
    }

    [Fact]
    public void A_publisher_that_has_paused_long_enough_is_not_stopped_again()
    {
        _batch.MayStall = false;

        _batch.Add(_receiver, DeliveryResult.Delivered | DeliveryResult.NeedsFlush | DeliveryResult.Stall, 10);
        _batch.Flush();

        Assert.Null(_batch.Slow);
        Assert.Equal(1, _receiver.Flushes);
    }

    private sealed class Receiver : ISubscriber
    {
        public ulong Id => 1;

        public int Flushes { get; private set; }

        public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher) => DeliveryResult.Refused;

        public void Flush() => Flushes++;

        public Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;
    }
}
