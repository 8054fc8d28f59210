using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Tests.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.InProcess;

/// <summary>Readers of in-process subscriptions that are too slow.</summary>
public sealed class SlowStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Safety", "SIG-1")]
    public async Task A_full_subscription_is_cut_counted_and_says_so_to_its_reader()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        InProcessSubscription subscription = client.Subscribe("n", new SubscribeOptions { MaxPendingMessages = 2 });

        subscription.Deliver("0");
        subscription.Deliver("1");
        subscription.Deliver("2");
        DeliveryResult after = subscription.Deliver("3");

        Assert.Equal(DeliveryResult.Refused, after);
        Assert.Equal("0", (await subscription.Reader.ReadAsync(Token)).Text);
        Assert.Equal("1", (await subscription.Reader.ReadAsync(Token)).Text);
        await Assert.ThrowsAsync<SlowConsumerException>(() => subscription.Reader.Completion.WaitAsync(RawClient.Patience, Token));
        Assert.Equal((1, 1), (broker.Registry.Totals().SlowConsumers, subscription.Dropped));
        Assert.Equal(0, broker.Account.Sublist.Statistics.Count);
    }

    [Theory]
    [InlineData(SlowConsumerRule.DropNewest, "0", "1")]
    [InlineData(SlowConsumerRule.DropOldest, "3", "4")]
    public async Task A_full_subscription_drops_by_its_rule(SlowConsumerRule rule, string first, string second)
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription subscription = client.Subscribe("n", new SubscribeOptions { MaxPendingMessages = 2, WhenFull = rule });

        for (int i = 0; i < 5; i++)
        {
            subscription.Deliver($"{i}");
        }

        Assert.Equal(first, (await subscription.Reader.ReadAsync(Token)).Text);
        Assert.Equal(second, (await subscription.Reader.ReadAsync(Token)).Text);
        Assert.Equal((3, 0, 0), (subscription.Dropped, subscription.PendingMessages, subscription.PendingBytes));
        Assert.Equal(1, broker.Registry.Totals().SlowConsumers);
    }

    [Fact]
    public async Task The_limit_in_bytes_counts_as_well()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription subscription = client.Subscribe("n", new SubscribeOptions { MaxPendingBytes = 10, WhenFull = SlowConsumerRule.DropNewest });

        subscription.Deliver("12345");
        subscription.Deliver("123456");
        subscription.Deliver("12345");

        Assert.Equal((2, 10, 1), (subscription.PendingMessages, subscription.PendingBytes, subscription.Dropped));
    }

    [Fact]
    public async Task Falling_behind_again_counts_again()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription subscription = client.Subscribe("n", new SubscribeOptions { MaxPendingMessages = 2, WhenFull = SlowConsumerRule.DropNewest });

        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 5; i++)
            {
                subscription.Deliver("x");
            }

            while (subscription.Reader.TryRead(out _))
            {
            }
        }

        Assert.Equal(2, broker.Registry.Totals().SlowConsumers);
    }

    [Fact]
    [Trait("Safety", "SLOW-3")]
    public async Task A_publisher_is_held_back_while_a_reader_is_nearly_full_and_goes_on_when_it_reads()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription subscription = client.Subscribe("n", new SubscribeOptions { MaxPendingMessages = 4 });
        for (int i = 0; i < 3; i++)
        {
            await client.PublishAsync("n", "x", cancellationToken: Token);
        }

        Task held = client.PublishAsync("n", "x", cancellationToken: Token).AsTask();
        bool wasHeld = !held.IsCompleted;
        subscription.Reader.TryRead(out _);
        await held.WaitAsync(RawClient.Patience, Token);

        Assert.True(wasHeld);
        Assert.Equal(1, broker.Registry.Totals().Stalls);
    }

    [Fact]
    [Trait("Safety", "SLOW-3")]
    public async Task A_publisher_is_held_back_ten_milliseconds_at_most()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription subscription = client.Subscribe("n", new SubscribeOptions { MaxPendingMessages = 1, WhenFull = SlowConsumerRule.DropNewest });

        Task held = client.PublishAsync("n", "x", cancellationToken: Token).AsTask();
        bool wasHeld = !held.IsCompleted;
        broker.Time.Advance(TimeSpan.FromMilliseconds(10));

        await held.WaitAsync(RawClient.Patience, Token);
        Assert.True(wasHeld);
    }

    [Fact]
    [Trait("Safety", "MEM-3")]
    public async Task What_waits_in_process_counts_towards_the_servers_memory_until_it_is_read_or_given_up()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        long before = broker.SlowConsumers.SubscriptionBytes;
        InProcessSubscription subscription = client.Subscribe("n");
        subscription.Deliver(new string('x', 10_000));
        subscription.Deliver(new string('x', 10_000));

        long waiting = broker.SlowConsumers.SubscriptionBytes;
        subscription.Reader.TryRead(out _);
        long half = broker.SlowConsumers.SubscriptionBytes;
        subscription.Dispose();

        Assert.InRange(waiting - before, 20_000, 22_000);
        Assert.InRange(half - before, 10_000, 12_000);
        Assert.Equal(before, broker.SlowConsumers.SubscriptionBytes);
    }

    [Fact]
    [Trait("Safety", "MEM-3")]
    public async Task A_subscription_is_cut_when_the_server_has_no_memory_left()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPendingTotal = 10_000 });
        await using InProcessClient client = broker.Open();
        InProcessSubscription subscription = client.Subscribe("n");

        for (int i = 0; i < 11; i++)
        {
            subscription.Deliver(new string('x', 1000));
        }

        Assert.Equal(1, broker.Registry.Totals().SlowConsumers);
        Assert.InRange(broker.SlowConsumers.SubscriptionBytes, 0, 10_000);
    }
}
