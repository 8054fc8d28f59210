using System.Runtime.CompilerServices;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Tests.Delivery;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

[Collection(nameof(SharedBodies))]
[Trait("Safety", "CRASH-7")]
public class ConnectionReleaseTests
{
    private const int PingTimerLine = 1010;

    [Fact]
    public async Task A_closed_connection_is_nowhere_held_after_the_next_look_at_the_slow()
    {
        await using var broker = new TestBroker();
        TestClient publisher = await broker.ConnectAsync();

        WeakReference closed = await ServeAndCloseAsync(broker, publisher, static client => client.HangUpAsync());
        broker.Advance(TimeSpan.FromSeconds(1));

        await AssertIsCollectedAsync(closed);
    }

    [Fact]
    public async Task A_slow_consumer_that_was_cut_is_nowhere_held_after_the_next_look_at_the_slow()
    {
        await using var broker = new TestBroker();
        TestClient publisher = await broker.ConnectAsync();

        WeakReference closed = await ServeAndCloseAsync(broker, publisher, async client =>
        {
            client.Connection.Close(CloseReason.SlowConsumerPendingBytes);
            await client.EndedAsync();
        });

        // The write that was under way ends on a thread of the pool; until then it is rightly watched.
        broker.WaitUntilNothingIsLent();
        broker.Advance(TimeSpan.FromSeconds(1));

        await AssertIsCollectedAsync(closed);
    }

    [Fact]
    public async Task A_connection_that_ends_while_its_ping_timer_fires_does_not_stay_in_the_wheel()
    {
        await using var broker = new TestBroker();

        WeakReference closed = await CloseWhilePingingAsync(broker);

        await AssertIsCollectedAsync(closed);
    }

    [Fact]
    public async Task Closing_twice_or_after_the_end_does_nothing()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();
        client.Connection.Close(CloseReason.Kicked);
        client.Connection.Close(CloseReason.Kicked);
        await client.EndedAsync();

        client.Connection.Close(CloseReason.SlowConsumerPendingBytes);
        client.Connection.CloseStale();
        client.Connection.SendPing();
        client.Connection.SendLameDuckInfo();
        client.Connection.MeasureRoundTrip();
        client.Connection.Flush();

        Assert.Equal(CloseReason.Kicked, client.Connection.CloseReason);
        Assert.Single(broker.Registry.SnapshotClosed());
        Assert.False(client.Transport.Aborted.IsCompleted);
        broker.WaitUntilNothingIsLent();
    }

    [Fact]
    public async Task Whatever_a_close_races_with_nothing_is_left()
    {
        long bodiesBefore = SharedBody.LivingBytes;
        await using var broker = new TestBroker(settings => settings with { MaxPending = 60_000_000, PingInterval = TimeSpan.FromDays(10) });
        TestClient[] publishers = [await broker.ConnectAsync(), await broker.ConnectAsync()];
        CloseReason[] reasons = [CloseReason.Kicked, CloseReason.SlowConsumerPendingBytes, CloseReason.ServerShutdown, CloseReason.WriteError];
        string messages = string.Concat(Enumerable.Repeat($"PUB a 30\r\n{new string('x', 30)}\r\nPUB a 20000\r\n{new string('y', 20_000)}\r\n", 10));
        for (int round = 0; round < 60; round++)
        {
            TestClient[] receivers =
            [
                await SubscribeAsync(broker, clientRoom: 0), await SubscribeAsync(broker, clientRoom: 1), await SubscribeAsync(broker, clientRoom: 0),
            ];
            Task publishing = Task.WhenAll(publishers.Select(publisher => publisher.SendAsync(messages)));
            CloseReason reason = reasons[round % reasons.Length];
            Task closing = Task.WhenAll(receivers.Select(receiver => Task.Run(() => receiver.Connection.Close(reason))));
            receivers[2].Transport.Client.EndSending();
            await Task.WhenAll(publishing, closing);

            // Who reads nothing has two seconds for its last words.
            await broker.AdvanceUntilAsync(() => receivers.All(receiver => receiver.Served.IsCompleted));
            Array.ForEach(receivers, broker.Forget);
        }

        await Task.WhenAll(publishers.Select(publisher => publisher.RoundTripAsync()));
        Assert.Equal((2, 0), (broker.Registry.Count, broker.Account.Sublist.Count));
        broker.WaitUntilNothingIsLent(bodiesBefore);
        Assert.Equal(0, broker.SlowConsumers.HeldBytes - SharedBody.LivingBytes);
        Assert.DoesNotContain(broker.Log.Lines, line => line.Id is 1011 or 1012);
    }

    [Fact]
    [Trait("Safety", "SUBJ-8")]
    public async Task Two_hundred_thousand_subscriptions_go_with_their_connection()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();
        for (int from = 0; from < 200_000; from += 10_000)
        {
            await client.SendAsync(string.Concat(Enumerable.Range(from, 10_000).Select(i => $"SUB a.{i} {i}\r\n")));
        }

        Assert.Equal(200_000, broker.Account.Sublist.Count);
        await client.HangUpAsync();

        Assert.Equal(0, broker.Account.Sublist.Count);
        Assert.True(broker.SlowConsumers.HeldBytes < 1024 * 1024);
    }

    private static async Task<TestClient> SubscribeAsync(TestBroker broker, long clientRoom)
    {
        TestClient client = await broker.ConnectAsync(clientRoom: clientRoom);
        await client.SendAsync("SUB a 1\r\nSUB a q 2\r\nSUB b.> 3\r\n");
        return client;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> ServeAndCloseAsync(TestBroker broker, TestClient publisher, Func<TestClient, Task> close)
    {
        TestClient client = await broker.ConnectAsync(clientRoom: 1);
        await client.SendAsync("SUB a 1\r\nSUB a q 2\r\nPING\r\n");
        for (int i = 0; i < 5; i++)
        {
            await publisher.SendAsync("PUB a 2\r\nhi\r\n");
        }

        await close(client);
        broker.Forget(client);
        return new WeakReference(client.Connection);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> CloseWhilePingingAsync(TestBroker broker)
    {
        TestClient client = await broker.ConnectAsync();
        bool isEnded = false;
        broker.Log.Logging = id =>
        {
            if (id == PingTimerLine)
            {
                client.Connection.Close(CloseReason.Kicked);
                isEnded = SpinWait.SpinUntil(() => client.Served.IsCompleted, RawClient.Patience);
            }
        };

        broker.Advance(TimeSpan.FromSeconds(3));

        Assert.True(isEnded);
        broker.Log.Logging = static _ => { };
        broker.Forget(client);
        return new WeakReference(client.Connection);
    }

    private static async Task AssertIsCollectedAsync(WeakReference reference)
    {
        // What ran before may still be further up on this thread's stack, and hold what it worked with.
        await Task.Yield();
        bool isCollected = SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !reference.IsAlive;
            },
            TimeSpan.FromSeconds(2));
        Assert.True(isCollected, "Something still holds the connection.");
    }
}
