using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Tests.Delivery;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

// Shared bodies are counted for the whole process, and count towards the budget.
[Collection(nameof(SharedBodies))]
public class SlowConsumerTests
{
    private const int PendingLine = 1005, DeadlineLine = 1006, BudgetLine = 1007, StalledLine = 1008;

    [Fact]
    [Trait("Safety", "SLOW-1")]
    [Trait("Safety", "SLOW-2")]
    public async Task Who_lets_more_wait_than_allowed_is_cut_and_counted_once()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 10_000 });
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
        TestClient publisher = await broker.ConnectAsync();

        await publisher.SendAsync(Publish("a", 20_000));
        await publisher.SendAsync(Publish("a", 20_000));
        Assert.Equal(CloseReason.SlowConsumerPendingBytes, await slow.EndedAsync());
        broker.Advance(TimeSpan.FromSeconds(15));

        ConnectionSnapshot record = Assert.Single(broker.Registry.SnapshotClosed());
        Assert.Equal((slow.Connection.Id, CloseReason.SlowConsumerPendingBytes), (record.Id, record.Reason));
        Assert.Equal(1, broker.Registry.Totals().SlowConsumers);
        Assert.Equal(1, broker.SlowConsumers.Events.Total);
        Assert.Single(broker.Log.Find(PendingLine));
        Assert.Empty(broker.Log.Find(DeadlineLine));
        Assert.Equal("", await publisher.RoundTripAsync());
    }

    [Fact]
    [Trait("Safety", "SLOW-1")]
    [Trait("Safety", "SLOW-2")]
    public async Task Who_takes_nothing_for_the_write_deadline_is_cut_and_counted_once()
    {
        await using var broker = new TestBroker();
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
        TestClient publisher = await broker.ConnectAsync();
        await publisher.SendAsync(Publish("a", 100));

        broker.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(slow.Connection.IsClosing);
        broker.Advance(TimeSpan.FromSeconds(0.5));

        Assert.Equal(CloseReason.SlowConsumerWriteDeadline, await slow.EndedAsync());
        broker.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(CloseReason.SlowConsumerWriteDeadline, Assert.Single(broker.Registry.SnapshotClosed()).Reason);
        Assert.Equal(1, broker.Registry.Totals().SlowConsumers);
        Assert.Single(broker.Log.Find(DeadlineLine));
        Assert.Empty(broker.Log.Find(PendingLine));
    }

    [Fact]
    [Trait("Safety", "SLOW-1")]
    public async Task Who_takes_something_before_the_deadline_stays()
    {
        await using var broker = new TestBroker(settings => settings with { PingInterval = TimeSpan.FromDays(10) });
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
        TestClient publisher = await broker.ConnectAsync();
        broker.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("PING\r\n", await slow.ReadLineAsync());

        for (int i = 0; i < 4; i++)
        {
            await publisher.SendAsync("PUB a 2\r\nhi\r\n");
            broker.Advance(TimeSpan.FromSeconds(8));
            Assert.Equal("MSG a 1 2\r\nhi\r\n", await slow.ReadUntilAsync("hi\r\n"));
            Assert.True(SpinWait.SpinUntil(() => !slow.Connection.IsBlocked, TimeSpan.FromSeconds(5)));
        }

        Assert.False(slow.Connection.IsClosing);
    }

    [Fact]
    [Trait("Safety", "MEM-3")]
    public async Task Over_the_common_budget_the_largest_are_cut_until_nine_tenths_are_left()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPendingTotal = 1_100_000 });
        TestClient large = await SubscribeAsync(broker, clientRoom: 1, "large");
        TestClient middle = await SubscribeAsync(broker, clientRoom: 1, "middle");
        TestClient small = await SubscribeAsync(broker, clientRoom: 1, "small");
        TestClient publisher = await broker.ConnectAsync();

        await publisher.SendAsync(Publish("large", 500_000) + Publish("middle", 300_000) + Publish("small", 100_000));
        await publisher.RoundTripAsync(); // all of it is queued
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4, broker.Registry.Count);
        await publisher.SendAsync(Publish("large", 200_000));
        await publisher.RoundTripAsync();
        broker.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CloseReason.SlowConsumerPendingBytes, await large.EndedAsync());
        Assert.False(middle.Connection.IsClosing || small.Connection.IsClosing);
        Assert.True(SpinWait.SpinUntil(
            () => broker.SlowConsumers.HeldBytes <= broker.SlowConsumers.PendingLimit / 10 * 9, TimeSpan.FromSeconds(5)));
        Assert.Single(broker.Log.Find(BudgetLine));
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, broker.Registry.Count);
        Assert.Single(broker.Log.Find(BudgetLine));
    }

    [Fact]
    [Trait("Safety", "MEM-3")]
    [Trait("Safety", "SUBJ-4")]
    public async Task Subscriptions_count_towards_the_common_budget_and_are_refused_above_it()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPendingTotal = 100_000 });
        TestClient client = await broker.ConnectAsync();

        await client.SendAsync(string.Concat(Enumerable.Range(0, 1000).Select(i => $"SUB subject.{i} {i}\r\n")));
        string said = await client.RoundTripAsync();

        int refused = said.Split("\r\n").Count(line => line == "-ERR 'maximum subscriptions exceeded'");
        Assert.InRange(client.Connection.Subscriptions.Count, 200, 330);
        Assert.Equal(1000, refused + client.Connection.Subscriptions.Count);
        await client.HangUpAsync();
        broker.WaitUntilNothingIsLent();
        Assert.Equal(0, broker.SlowConsumers.HeldBytes - SharedBody.LivingBytes);
    }

    [Fact]
    public async Task What_an_operator_needs_to_know_is_kept_of_a_slow_consumer()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 1_000_000 });
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1, ">");
        TestClient publisher = await broker.ConnectAsync(), other = await broker.ConnectAsync();
        await publisher.SendAsync(Publish("first", 120_000)); // of which the socket may have taken some
        for (int second = 0; second < 3; second++)
        {
            await publisher.SendAsync(Publish("orders", 50_000));
            await other.SendAsync(Publish("events", 1000));
            broker.Advance(TimeSpan.FromSeconds(1));
        }

        await publisher.SendAsync(Publish("last", 900_000));
        await slow.EndedAsync();

        SlowConsumerEvent happened = Assert.Single(broker.SlowConsumers.Events.ToArray());
        Assert.Equal(slow.Connection.Id, happened.Connection.Id);
        Assert.Equal(1_000_000, happened.MaxPending);
        Assert.InRange(happened.PendingSamples.Count, 2, 5);
        Assert.True(happened.PendingSamples[^1] > happened.PendingSamples[0]);
        Assert.Equal([publisher.Connection.Id, other.Connection.Id], happened.Publishers.Select(entry => entry.ConnectionId));
        Assert.Equal((1_050_000, 3000), (happened.Publishers[0].Bytes, happened.Publishers[1].Bytes));
        Assert.Contains(happened.Subjects, entry => entry.Subject is "first" or "orders");
        Assert.InRange(happened.SampledBytes, 1, OutboundQueue.KeptWhenCut);
    }

    [Fact]
    [Trait("Safety", "SLOW-3")]
    public async Task A_publisher_is_held_back_for_ten_milliseconds_at_most_per_read_and_loses_nothing()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 100_000 });
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
        TestClient publisher = await broker.ConnectAsync();
        await publisher.SendAsync(Publish("a", 70_000));

        Task sent = publisher.SendAsync(string.Concat(Enumerable.Repeat(Publish("a", 100), 200)));
        Assert.False(sent.IsCompleted);

        // No faster than the real clock: a publisher that waits for a thread must not meet the write deadline meanwhile.
        while (!SpinWait.SpinUntil(() => sent.IsCompleted, TimeSpan.FromMilliseconds(1)))
        {
            broker.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await sent;

        Assert.InRange(slow.Connection.Stalls, 1, 5);
        Assert.True(SpinWait.SpinUntil(() => broker.Log.Find(StalledLine).Length == 1, TimeSpan.FromSeconds(5)));
        string received = await slow.Transport.Client.ReadAsync(
            "MSG a 1 70000\r\n".Length + 70_002 + (200 * ("MSG a 1 100\r\n".Length + 102)), TestContext.Current.CancellationToken);
        Assert.Equal(201, received.Split("MSG a 1 ").Length - 1);
        Assert.False(slow.Connection.IsClosing);
    }

    [Fact]
    [Trait("Safety", "SLOW-3")]
    public async Task A_publisher_goes_on_at_once_when_there_is_room_again()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 100_000 });
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
        TestClient publisher = await broker.ConnectAsync();

        Task sent = publisher.SendAsync(Publish("a", 80_000) + "PUB a 0\r\n\r\n");
        await slow.Transport.Client.ReadAsync("MSG a 1 80000\r\n".Length + 80_002 + "MSG a 1 0\r\n\r\n".Length, TestContext.Current.CancellationToken);

        await sent;
        Assert.Equal(1, slow.Connection.Stalls);
    }

    [Fact]
    [Trait("Safety", "SLOW-3")]
    public async Task With_no_fast_producer_stall_messages_are_dropped_for_the_slow_one_alone()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 100_000, NoFastProducerStall = true });
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
        TestClient healthy = await SubscribeAsync(broker);
        TestClient publisher = await broker.ConnectAsync();

        // What one read brings counts as waiting until it is flushed: the large one comes alone.
        await publisher.SendAsync(Publish("a", 80_000));
        await publisher.SendAsync(string.Concat(Enumerable.Repeat("PUB a 2\r\nhi\r\n", 50)));
        await healthy.ReadUntilAsync("MSG a 1 80000\r\n");
        await healthy.ReadLineAsync();
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal("MSG a 1 2\r\nhi\r\n", await healthy.ReadUntilAsync("hi\r\n"));
        }

        await slow.ReadUntilAsync("MSG a 1 80000\r\n");
        await slow.ReadLineAsync();
        Assert.Equal("", await slow.RoundTripAsync());
        Assert.Equal(51, slow.Connection.OutMessages);
        Assert.Equal(0, slow.Connection.Stalls);
    }

    [Fact]
    [Trait("Safety", "SLOW-4")]
    public async Task Delivery_does_not_wait_for_a_receiver_that_reads_nothing()
    {
        await using var broker = new TestBroker();
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
        TestClient healthy = await SubscribeAsync(broker);
        TestClient publisher = await broker.ConnectAsync();

        for (int i = 0; i < 100; i++)
        {
            await publisher.SendAsync(Publish("a", 10_000));
            await healthy.ReadUntilAsync("MSG a 1 10000\r\n");
            await healthy.ReadLineAsync();
        }

        Assert.True(slow.Connection.IsBlocked);
        Assert.InRange(slow.Connection.PendingBytes, 990_000, 1_100_000);
    }

    [Fact]
    [Trait("Safety", "CRASH-2")]
    public async Task A_receiver_that_cannot_be_closed_properly_does_not_end_the_watch_over_the_others()
    {
        await using var broker = new TestBroker();
        TestClient broken = await SubscribeAsync(broker, clientRoom: 1);
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
        TestClient publisher = await broker.ConnectAsync();
        broken.Transport.Aborting = static () => throw new InvalidOperationException("broken");
        await publisher.SendAsync("PUB a 0\r\n\r\n");

        broker.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(CloseReason.SlowConsumerWriteDeadline, await broken.EndedAsync());
        Assert.Equal(CloseReason.SlowConsumerWriteDeadline, await slow.EndedAsync());
    }

    [Fact]
    [Trait("Safety", "CRASH-1")]
    public async Task A_receiver_that_cannot_be_closed_properly_does_its_publisher_no_harm()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 10_000 });
        TestClient broken = await SubscribeAsync(broker, clientRoom: 1);
        TestClient publisher = await broker.ConnectAsync();
        broken.Transport.Aborting = static () => throw new InvalidOperationException("broken");

        await publisher.SendAsync(Publish("a", 20_000));

        Assert.Equal("", await publisher.RoundTripAsync());
        Assert.Equal(CloseReason.SlowConsumerPendingBytes, await broken.EndedAsync());
    }

    [Fact]
    [Trait("Safety", "CRASH-7")]
    public async Task What_fails_while_a_slow_consumer_is_recorded_leaves_no_subscription_behind()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 10_000 });
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
        TestClient publisher = await broker.ConnectAsync();
        broker.Log.Logging = static id => _ = id == PendingLine ? throw new InvalidOperationException("disk full") : 0;

        await publisher.SendAsync(Publish("a", 20_000));
        await slow.EndedAsync();

        Assert.Equal(0, broker.Account.Sublist.Count);
        Assert.Equal(1, broker.Registry.Count);
    }

    [Fact]
    [Trait("Safety", "LOG-4")]
    public async Task Many_slow_consumers_in_a_second_make_one_line_and_the_next_says_how_many_were_left_out()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 10_000 });
        TestClient publisher = await broker.ConnectAsync();
        for (int i = 0; i < 10; i++)
        {
            TestClient slow = await SubscribeAsync(broker, clientRoom: 1);
            await publisher.SendAsync(Publish("a", 20_000));
            await slow.EndedAsync();
        }

        Assert.Single(broker.Log.Find(PendingLine));
        broker.Advance(TimeSpan.FromSeconds(1));
        TestClient last = await SubscribeAsync(broker, clientRoom: 1);
        await publisher.SendAsync(Publish("a", 20_000));
        await last.EndedAsync();

        Assert.Equal(2, broker.Log.Find(PendingLine).Length);
        Assert.Equal("9 lines like the next one were left out", Assert.Single(broker.Log.Find(1004)));
        Assert.Equal(11, broker.Registry.Totals().SlowConsumers);
    }

    [Fact]
    [Trait("Safety", "MEM-5")]
    [Trait("Safety", "CRASH-6")]
    public async Task Cutting_a_receiver_gives_all_its_memory_back()
    {
        long bodiesBefore = SharedBody.LivingBytes;
        await using var broker = new TestBroker(settings => settings with { MaxPending = 400_000, PingInterval = TimeSpan.FromDays(10), WriteDeadline = TimeSpan.FromDays(10) });
        TestClient slow = await SubscribeAsync(broker, clientRoom: 1), healthy = await SubscribeAsync(broker);
        TestClient publisher = await broker.ConnectAsync();

        for (int i = 0; !slow.Connection.IsClosing; i++)
        {
            Task sent = publisher.SendAsync(Publish("a", 50_000) + Publish("a", 500));
            await broker.AdvanceUntilAsync(() => sent.IsCompleted);
            await healthy.ReadUntilAsync("MSG a 1 500\r\n");
        }

        Assert.Equal(CloseReason.SlowConsumerPendingBytes, await slow.EndedAsync());
        await publisher.RoundTripAsync();
        broker.WaitUntilNothingIsLent(bodiesBefore);
    }

    private static string Publish(string subject, int length) => $"PUB {subject} {length}\r\n{new string('x', length)}\r\n";

    private static async Task<TestClient> SubscribeAsync(TestBroker broker, long clientRoom = 0, string subject = "a")
    {
        TestClient client = await broker.ConnectAsync(clientRoom: clientRoom);
        await client.SendAsync($"SUB {subject} 1\r\n");
        return client;
    }
}
