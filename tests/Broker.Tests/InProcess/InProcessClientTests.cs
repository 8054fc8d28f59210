using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Tests.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.InProcess;

/// <summary>The client without a socket: what it publishes, hears, asks and may not do.</summary>
public sealed class InProcessClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_at_an_in_process_subscription()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription subscription = client.Subscribe("greet.*");

        await client.PublishAsync("greet.joe", "hello", reply: "answers.here", cancellationToken: Token);

        NatsMessage message = await ReadAsync(subscription);
        Assert.Equal(("greet.joe", "answers.here", "hello"), (message.Subject, message.Reply, message.Text));
        Assert.Null(message.Headers);
    }

    [Fact]
    public async Task Messages_go_from_the_process_to_a_socket_and_back()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription subscription = client.Subscribe("up");
        TestClient socket = await broker.ConnectAsync(""","headers":true""");
        await socket.SendAsync("SUB down 7\r\n");
        await socket.RoundTripAsync();

        await client.PublishAsync("down", "first", new MessageHeaders { { "A", "1" }, { "A", "2" } }, cancellationToken: Token);
        await client.PublishAsync("down", "second", cancellationToken: Token);
        await socket.SendAsync("HPUB up 20 22\r\nNATS/1.0\r\nB: 3:4\r\n\r\nhi\r\n");

        Assert.Equal("HMSG down 7 24 29\r\nNATS/1.0\r\nA: 1\r\nA: 2\r\n\r\nfirst\r\n", await socket.ReadUntilAsync("first\r\n"));
        Assert.Equal("MSG down 7 6\r\nsecond\r\n", await socket.ReadUntilAsync("second\r\n"));
        NatsMessage up = await ReadAsync(subscription);
        Assert.Equal(("hi", "3:4"), (up.Text, up.Headers!["B"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(20_000)]
    [InlineData(1_000_000)]
    public async Task A_payload_of_any_size_arrives_whole_at_each_receiver(int length)
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription first = client.Subscribe("data");
        using InProcessSubscription second = client.Subscribe("data");
        var payload = new byte[length];
        new Random(1).NextBytes(payload);

        await client.PublishAsync("data", payload, new MessageHeaders { ["N"] = "v" }, cancellationToken: Token);

        Assert.Equal(payload, (await ReadAsync(first)).Data.ToArray());
        Assert.Equal(payload, (await ReadAsync(second)).Data.ToArray());
    }

    [Fact]
    public async Task A_request_gets_the_answer_of_a_callback()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        await using InProcessSubscription service = client.Subscribe("echo", message => message.ReplyAsync(message.Text + "!", message.Headers));

        NatsMessage answer = await client.RequestAsync("echo", "hi", new MessageHeaders { ["Id"] = "9" }, cancellationToken: Token);

        Assert.Equal(("hi!", "9"), (answer.Text, answer.Headers!["Id"]));
    }

    [Fact]
    public async Task Many_requests_at_a_time_get_their_own_answers()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        await using InProcessSubscription service = client.Subscribe("double", message => message.ReplyAsync($"{int.Parse(message.Text) * 2}"));

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async n =>
            (await Task.Run(() => client.RequestAsync("double", $"{n}", timeout: RawClient.Patience, cancellationToken: Token), Token)).Text));

        Assert.Equal(Enumerable.Range(0, 200).Select(n => $"{n * 2}"), answers);
    }

    [Fact]
    public async Task A_request_nobody_listens_to_fails_at_once()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();

        await Assert.ThrowsAsync<NoRespondersException>(() => client.RequestAsync("nobody", "?", cancellationToken: Token));
    }

    [Fact]
    public async Task A_request_that_is_not_answered_times_out()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open(new InProcessClientOptions { RequestTimeout = TimeSpan.FromSeconds(3) });
        using InProcessSubscription silent = client.Subscribe("silent");

        Task<NatsMessage> request = client.RequestAsync("silent", "?", cancellationToken: Token);
        await ReadAsync(silent);
        broker.Time.Advance(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAsync<TimeoutException>(() => request.WaitAsync(RawClient.Patience, Token));
    }

    [Fact]
    public async Task A_queue_group_gets_each_message_once_across_sockets_and_process()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        TestClient socket = await broker.ConnectAsync();
        await socket.SendAsync("SUB work workers 1\r\n");
        await socket.RoundTripAsync();
        using InProcessSubscription member = client.Subscribe("work", new SubscribeOptions { QueueGroup = "workers" });

        for (int i = 0; i < 100; i++)
        {
            await client.PublishAsync("work", "x", cancellationToken: Token);
        }

        long atSocket = socket.Connection.OutMessages;
        Assert.Equal(100, atSocket + member.PendingMessages);
        Assert.InRange(atSocket, 10, 90);
    }

    [Fact]
    public async Task Without_echo_it_does_not_hear_itself()
    {
        await using var broker = new TestBroker();
        await using InProcessClient quiet = broker.Open(new InProcessClientOptions { Echo = false });
        await using InProcessClient other = broker.Open();
        using InProcessSubscription subscription = quiet.Subscribe("news");

        await quiet.PublishAsync("news", "own", cancellationToken: Token);
        await other.PublishAsync("news", "other", cancellationToken: Token);

        Assert.Equal("other", (await ReadAsync(subscription)).Text);
    }

    [Fact]
    public async Task A_subscription_ends_after_its_maximum()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription subscription = client.Subscribe("n", new SubscribeOptions { MaxMessages = 2 });

        for (int i = 0; i < 3; i++)
        {
            await client.PublishAsync("n", $"{i}", cancellationToken: Token);
        }

        Assert.Equal(["0", "1"], await subscription.Select(message => message.Text).ToArrayAsync(Token));
        Assert.Equal(0, broker.Account.Sublist.Statistics.Count);
    }

    [Fact]
    public async Task What_waited_before_unsubscribing_can_still_be_read_and_nothing_after_it()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        InProcessSubscription subscription = client.Subscribe("n");
        await client.PublishAsync("n", "before", cancellationToken: Token);

        subscription.Dispose();
        await client.PublishAsync("n", "after", cancellationToken: Token);

        Assert.Equal(["before"], await subscription.Select(message => message.Text).ToArrayAsync(Token));
    }

    [Fact]
    public async Task A_callback_that_throws_is_logged_and_called_again()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        var heard = new TaskCompletionSource<string>();
        await using InProcessSubscription subscription = client.Subscribe("n", message =>
        {
            if (message.Text == "bad")
            {
                throw new InvalidOperationException("bad");
            }

            heard.SetResult(message.Text);
            return ValueTask.CompletedTask;
        });

        await client.PublishAsync("n", "bad", cancellationToken: Token);
        await client.PublishAsync("n", "good", cancellationToken: Token);

        Assert.Equal("good", await heard.Task.WaitAsync(RawClient.Patience, Token));
    }

    [Fact]
    public async Task Monitoring_lists_it_with_what_it_did()
    {
        await using var broker = new TestBroker();
        InProcessClient client = broker.Open(new InProcessClientOptions { Name = "billing" });
        using InProcessSubscription subscription = client.Subscribe("n");
        await client.PublishAsync("n", "12345", cancellationToken: Token);

        ConnectionSnapshot open = broker.Snapshot(client);
        client.Dispose();

        Assert.Equal(("billing", "in_process", ".NET", "$G"), (open.Name, open.Type, open.Lang, open.AccountName));
        Assert.Equal((1, 5, 1, 5, 5), (open.InMessages, open.InBytes, open.OutMessages, open.OutBytes, open.PendingBytes));
        Assert.Equal("n", Assert.Single(open.Subscriptions).Subject);
        Assert.Equal(CloseReason.ClientClosed, Assert.Single(broker.Registry.SnapshotClosed()).Reason);
        Assert.Equal((0, 1, 5), (broker.Registry.Count, broker.Registry.Totals().InMessages, broker.Registry.Totals().OutBytes));
    }

    [Fact]
    public async Task After_its_end_it_refuses_everything_and_its_subscriptions_are_gone()
    {
        await using var broker = new TestBroker();
        InProcessClient client = broker.Open();
        InProcessSubscription subscription = client.Subscribe("n");

        client.Dispose();

        Assert.Throws<ObjectDisposedException>(() => { client.Subscribe("n"); });
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.RequestAsync("n", "", cancellationToken: Token));
        Assert.False(await subscription.Reader.WaitToReadAsync(Token));
        Assert.Equal(0, broker.Account.Sublist.Statistics.Count);
    }

    [Theory]
    [Trait("Safety", "PARSE-8")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\r\nPUB b 0")]
    [InlineData("a\tb")]
    [InlineData("a\0")]
    [InlineData("a\u007f")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.*")]
    [InlineData("a.>")]
    [InlineData("_GR_.x")]
    public async Task What_is_no_subject_is_not_published_to(string subject)
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();

        await Assert.ThrowsAnyAsync<NatsException>(async () => await client.PublishAsync(subject, "x", cancellationToken: Token));
    }

    [Theory]
    [Trait("Safety", "PARSE-8")]
    [InlineData("", null)]
    [InlineData("a b", null)]
    [InlineData("a.>.b", null)]
    [InlineData("a", "q q")]
    [InlineData("a", "_sys_")]
    public async Task What_is_no_subject_is_not_subscribed_to(string subject, string? queue)
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();

        Assert.ThrowsAny<NatsException>(() => { client.Subscribe(subject, new SubscribeOptions { QueueGroup = queue }); });
    }

    [Fact]
    public async Task A_message_larger_than_the_server_allows_is_refused()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPayload = 10 });
        await using InProcessClient client = broker.Open();

        await Assert.ThrowsAsync<NatsException>(async () => await client.PublishAsync("a", "12345678901", cancellationToken: Token));
    }

    [Fact]
    [Trait("Safety", "SIG-3")]
    public async Task It_has_no_more_subscriptions_than_it_may()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open(new InProcessClientOptions { MaxSubscriptions = 1 });
        InProcessSubscription first = client.Subscribe("a");

        Assert.Throws<NatsException>(() => { client.Subscribe("b"); });
        first.Dispose();
        client.Subscribe("b");
    }

    [Fact]
    [Trait("Safety", "SIG-1")]
    public async Task Whoever_stands_for_somebody_outside_counts_as_a_connection_and_is_refused_when_the_server_is_full()
    {
        await using var broker = new TestBroker(settings => settings with { MaxConnections = 2 });
        var outside = new InProcessClientOptions { RemoteEndPoint = new(System.Net.IPAddress.Loopback, 1) };
        broker.Open(outside);
        broker.Open(outside);

        Assert.Throws<NatsException>(() => { broker.Open(outside); });
        using InProcessClient own = broker.Open();

        Assert.Equal((3, 1), (broker.Registry.Count, broker.Registry.Refused));
    }

    [Fact]
    public async Task A_message_with_thousands_of_receivers_reaches_all_of_them()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        InProcessSubscription[] all = [.. Enumerable.Range(0, 3000).Select(_ => client.Subscribe("all"))];

        await client.PublishAsync("all", "x", cancellationToken: Token);

        Assert.All(all, subscription => Assert.Equal(1, subscription.PendingMessages));
    }

    [Fact]
    public async Task Publishing_to_nobody_allocates_nothing_but_what_is_rare()
    {
        await using var broker = new TestBroker(guards: false);
        await using InProcessClient client = broker.Open();
        var payload = new byte[100];
        CancellationToken token = Token;
        long least = long.MaxValue;

        // The first rounds run code that the compiler has not optimised yet, some of which allocates.
        for (int round = 0; round < 100 && least > 1000; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                await client.PublishAsync("a.b", payload, cancellationToken: token);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(least, 0, 1000);
    }

    private static async Task<NatsMessage> ReadAsync(InProcessSubscription subscription) =>
        await subscription.Reader.ReadAsync(Token).AsTask().WaitAsync(RawClient.Patience, Token);
}
