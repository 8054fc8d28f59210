using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public class ClientConnectionTests
{
    private const int ParserLine = 1003, LeftOutLine = 1004, FailedLine = 1011, RefusedLine = 1013;

    [Fact]
    public async Task Whichever_of_many_reasons_comes_first_is_the_only_one()
    {
        CloseReason[] reasons =
            [CloseReason.Kicked, CloseReason.ServerShutdown, CloseReason.StaleConnection, CloseReason.SlowConsumerPendingBytes, CloseReason.WriteError];
        await using var broker = new TestBroker(settings => settings with { MaxClosedClients = 1000 });
        for (int round = 0; round < 25; round++)
        {
            TestClient client = await broker.ConnectAsync();
            using var start = new Barrier(reasons.Length + 1);
            Task[] closings = [.. reasons.Select(reason => Task.Run(() =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                client.Connection.Close(reason);
            }))];
            start.SignalAndWait(TestContext.Current.CancellationToken);
            client.Transport.Client.EndSending();

            await Task.WhenAll(closings);
            CloseReason reason = await client.EndedAsync();
            client.Connection.Close(CloseReason.InternalError);

            ConnectionSnapshot record = Assert.Single(broker.Registry.SnapshotClosed(), entry => entry.Id == client.Connection.Id);
            Assert.Equal(reason, record.Reason);
            Assert.Equal(reason, client.Connection.CloseReason);
        }

        int slow = broker.Registry.SnapshotClosed().Count(record => record.Reason.IsSlowConsumer());
        Assert.Equal(slow, broker.Registry.Totals().SlowConsumers);
        Assert.Equal(0, broker.Registry.Count);
    }

    [Fact]
    [Trait("Safety", "MEM-6")]
    public async Task Of_closed_connections_the_latest_are_kept_and_each_record_is_small()
    {
        await using var broker = new TestBroker(settings => settings with { MaxClosedClients = 3 });
        for (int i = 0; i < 5; i++)
        {
            TestClient client = await broker.ConnectAsync($",\"name\":\"{new string('n', 3000)}\",\"lang\":\"{new string('l', 300)}\",\"version\":\"{new string('v', 300)}\"");
            await client.SendAsync(string.Concat(Enumerable.Range(0, 20).Select(sid => $"SUB {(sid % 2 == 0 ? "short" : new string('s', 3000))} {sid}\r\n")));
            await client.HangUpAsync();
        }

        IReadOnlyList<ConnectionSnapshot> records = broker.Registry.SnapshotClosed();
        Assert.Equal([3UL, 4UL, 5UL], records.Select(record => record.Id));
        Assert.All(records, record =>
        {
            Assert.Equal(20, record.SubscriptionCount);
            Assert.InRange(record.Name.Length + record.Lang.Length + record.Version.Length, 3, 256 + 64 + 64);
            Assert.InRange(record.Subscriptions.Sum(entry => entry.Subject.Length + entry.Sid.Length), 0, 128);
        });
    }

    [Fact]
    [Trait("Safety", "PRE-6")]
    public async Task Only_so_many_connections_may_stay_silent()
    {
        await using var broker = new TestBroker(settings => settings with { MaxUnauthenticated = 2 });
        TestClient first = broker.Accept(), second = broker.Accept();

        TestClient third = broker.Accept();
        Assert.Equal(CloseReason.MaxConnectionsExceeded, await third.EndedAsync());
        Assert.Equal("", await third.ReadToEndAsync());
        await first.SendAsync("PING\r\n");
        TestClient fourth = broker.Accept();
        await second.HangUpAsync();
        TestClient fifth = broker.Accept();

        Assert.StartsWith("INFO ", await fourth.ReadLineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("INFO ", await fifth.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal((3, 1L), (broker.Registry.Count, broker.Registry.Refused));
    }

    [Fact]
    [Trait("Safety", "FD-4")]
    [Trait("Safety", "LOG-4")]
    public async Task Above_the_limit_a_client_gets_info_then_the_error_and_the_log_one_line_a_second()
    {
        await using var broker = new TestBroker(settings => settings with { MaxConnections = 1 });
        var handler = new ClientConnectionHandler(broker.Services);
        await broker.ConnectAsync();
        for (int i = 0; i < 5; i++)
        {
            var refused = new InMemoryConnection();
            Task served = refused.ServeAsync(handler.OnConnectedAsync);

            Assert.StartsWith("INFO ", await refused.Client.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Equal("-ERR 'maximum connections exceeded'\r\n", await refused.Client.ReadToEndAsync(TestContext.Current.CancellationToken));
            await served;
        }

        Assert.Single(broker.Log.Find(RefusedLine));
        Assert.Equal((1, 5L), (broker.Registry.Count, broker.Registry.Refused));
    }

    [Fact]
    public async Task However_many_come_at_once_no_more_than_the_limit_are_taken()
    {
        await using var broker = new TestBroker(settings => settings with { MaxConnections = 20 });
        InMemoryConnection[] transports = [.. Enumerable.Range(0, 200).Select(_ => new InMemoryConnection())];
        ClientConnection[] clients = [.. transports.Select(transport => new ClientConnection(broker.Registry.NextId(), "nats", transport, broker.Services))];

        var taken = 0;
        Parallel.ForEach(clients, new ParallelOptions { MaxDegreeOfParallelism = 8 }, client =>
        {
            if (broker.Registry.Add(client) == Admission.Accepted)
            {
                Interlocked.Increment(ref taken);
            }
        });

        Assert.Equal((20, 20), (taken, broker.Registry.Count));
    }

    [Fact]
    [Trait("Safety", "CRASH-1")]
    public async Task An_exception_while_serving_one_client_ends_that_one_alone()
    {
        await using var broker = new TestBroker();
        TestClient other = await broker.ConnectAsync(), unlucky = await broker.ConnectAsync();
        await other.SendAsync("SUB a 1\r\n");
        broker.Account.Sublist.Insert(new Subscription(new BrokenSubscriber(), "broken"u8, [], "1"u8));

        await unlucky.SendAsync("PUB a 2\r\nhi\r\nPUB broken 0\r\n\r\nPUB a 5\r\nnever\r\n");

        Assert.Equal(CloseReason.InternalError, await unlucky.EndedAsync());
        Assert.Contains("broken receiver", Assert.Single(broker.Log.Find(FailedLine)), StringComparison.Ordinal);
        Assert.Equal("MSG a 1 2\r\nhi\r\n", await other.ReadUntilAsync("hi\r\n"));
        Assert.Equal("", await other.RoundTripAsync());
        broker.WaitUntilNothingIsLent();
    }

    [Fact]
    [Trait("Safety", "CRASH-1")]
    [Trait("Safety", "LOG-4")]
    public async Task A_log_that_fails_leaves_no_connection_behind()
    {
        await using var broker = new TestBroker();
        TestClient unlucky = await broker.ConnectAsync();
        broker.Account.Sublist.Insert(new Subscription(new BrokenSubscriber(), "broken"u8, [], "1"u8));
        broker.Log.Logging = static id => _ = id == FailedLine ? throw new InvalidOperationException("disk full") : 0;

        await unlucky.SendAsync("SUB a 1\r\nPUB broken 0\r\n\r\n");
        await Assert.ThrowsAsync<InvalidOperationException>(() => unlucky.Served);

        Assert.Equal(0, broker.Registry.Count);
        Assert.Equal(1, broker.Account.Sublist.Count);
        broker.Forget(unlucky);
    }

    [Fact]
    public async Task A_read_that_was_cancelled_by_anybody_ends_the_connection_instead_of_spinning()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();

        client.Transport.Input.CancelPendingRead();

        Assert.Equal(CloseReason.ClientClosed, await client.EndedAsync());
    }

    [Fact]
    public async Task What_was_sent_before_the_client_hung_up_is_served_and_answered()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();

        Task sent = client.SendAsync("SUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n");
        client.Transport.Client.EndSending();
        await sent;

        Assert.Equal("MSG a 1 2\r\nhi\r\nPONG\r\n", await client.ReadToEndAsync());
        Assert.Equal(CloseReason.ClientClosed, await client.EndedAsync());
    }

    [Fact]
    [Trait("Safety", "PRE-5")]
    public async Task Who_says_nothing_and_takes_not_even_the_greeting_is_reset_after_two_seconds()
    {
        await using var broker = new TestBroker();
        TestClient client = broker.Accept(clientRoom: 1);

        DateTimeOffset start = broker.Time.GetUtcNow();
        await broker.AdvanceUntilAsync(() => client.Transport.Aborted.IsCompleted);

        Assert.InRange(broker.Time.GetUtcNow() - start, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(9));
        Assert.Equal(CloseReason.WriteError, await client.EndedAsync());
    }

    [Fact]
    [Trait("Safety", "PRE-5")]
    public async Task Who_takes_not_even_the_last_words_is_reset_after_two_seconds()
    {
        await using var broker = new TestBroker();
        TestClient client = broker.Accept(clientRoom: 1);
        client.Connection.Close(CloseReason.ServerShutdown);

        DateTimeOffset start = broker.Time.GetUtcNow();
        await broker.AdvanceUntilAsync(() => client.Transport.Aborted.IsCompleted);

        Assert.True(broker.Time.GetUtcNow() - start >= TimeSpan.FromSeconds(2));
        Assert.Equal(CloseReason.ServerShutdown, await client.EndedAsync());
        broker.WaitUntilNothingIsLent();
    }

    [Fact]
    [Trait("Safety", "LOG-4")]
    [Trait("Safety", "PARSE-9")]
    public async Task What_was_sent_wrongly_is_logged_once_a_second_and_thirty_two_bytes_of_it()
    {
        await using var broker = new TestBroker();
        for (int i = 0; i < 10; i++)
        {
            TestClient client = broker.Accept();
            await client.SendAsync("\u0001\"GET /" + new string('x', 500) + "\r\n");
            await client.EndedAsync();
        }

        string line = Assert.Single(broker.Log.Find(ParserLine));
        Assert.Contains("\\x01\\\"GET /", line, StringComparison.Ordinal);
        Assert.Contains(new string('x', 25), line, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('x', 26), line, StringComparison.Ordinal);
        broker.Advance(TimeSpan.FromSeconds(1));
        TestClient last = broker.Accept();
        await last.SendAsync("nonsense\r\n");
        await last.EndedAsync();
        Assert.Equal(2, broker.Log.Find(ParserLine).Length);
        Assert.Equal("9 lines like the next one were left out", Assert.Single(broker.Log.Find(LeftOutLine)));
    }

    [Theory]
    [InlineData("CONNECT {\"pass\":\"canary\",\"user\":\"u\",\"auth_token\":\"canary\",\"jwt\":\"canary\",\"sig\":\"canary\",\"name\":\"me\"}\r\nPING\r\n")]
    [InlineData("CONNECT {\"pass\":\"canary\"\r\n")]
    [InlineData("connect{\"pass\":\"canary\",\"verbose\":1}\r\n")]
    [InlineData("CONNECT {\"auth_token\":\"canary\"}x\r\n")]
    [InlineData("INFO {\"nonce\":\"canary\r\n")]
    [InlineData("PUB a 3\r\ncanary\r\n")]
    [InlineData("HPUB a 3 6\r\ncanary\r\n")]
    [Trait("Safety", "LOG-1")]
    [Trait("Safety", "LOG-2")]
    public async Task Neither_secrets_nor_payloads_appear_in_log_or_snapshots(string sent)
    {
        await using var broker = new TestBroker();
        TestClient client = broker.Accept();

        await client.SendAsync(sent);
        IReadOnlyList<ConnectionSnapshot> open = broker.Registry.SnapshotOpen();
        client.Connection.Close(CloseReason.ServerShutdown);
        await client.EndedAsync();

        string all = string.Join('\n', [.. broker.Log.Lines.Select(line => line.Text), .. open, .. broker.Registry.SnapshotClosed(), client.Connection]);
        Assert.DoesNotContain("canary", all, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "SEC-10")]
    public async Task After_connect_no_secret_stays_reachable()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();
        var commands = new ClientCommands(client.Connection, new Publisher(client.Connection), broker.Services);

        var unread = new System.Buffers.ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(
            "CONNECT {\"pass\":\"canary\",\"user\":\"me\",\"auth_token\":\"canary\",\"jwt\":\"canary\",\"sig\":\"canary\"}\r\n"));
        commands.Execute(ref unread);

        Assert.Equal("me", commands.Options.User);
        Assert.DoesNotContain("canary", commands.Options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_publishers_never_exceed_a_maximum_and_the_sid_is_free_afterwards()
    {
        await using var broker = new TestBroker();
        TestClient subscriber = await broker.ConnectAsync();
        TestClient[] publishers = [await broker.ConnectAsync(), await broker.ConnectAsync(), await broker.ConnectAsync()];
        for (int round = 0; round < 20; round++)
        {
            await subscriber.SendAsync("SUB a 1\r\nUNSUB 1 100\r\n");
            await Task.WhenAll(publishers.Select(publisher => publisher.SendAsync(string.Concat(Enumerable.Repeat("PUB a 0\r\n\r\n", 60)))));

            string received = await subscriber.RoundTripAsync();
            Assert.Equal(100, received.Split("MSG a 1 0\r\n\r\n").Length - 1);
            Assert.Equal(0, broker.Account.Sublist.Count);
        }
    }

    [Theory]
    [InlineData("UNSUB 1 2\r\n", 2, 0)] // more than the two already delivered? no: reached, removed at once
    [InlineData("UNSUB 1 1\r\n", 2, 0)]
    [InlineData("UNSUB 1 3\r\n", 3, 0)]
    [InlineData("UNSUB 1 9\r\nUNSUB 1 3\r\n", 3, 0)]
    [InlineData("UNSUB 1 3\r\nUNSUB 1 9\r\n", 5, 1)]
    [InlineData("UNSUB 1 9\r\nUNSUB 1\r\n", 2, 0)]
    [InlineData("UNSUB 1 0\r\n", 2, 0)]
    [InlineData("UNSUB 1 -3\r\n", 2, 0)]
    [InlineData("UNSUB 2 1\r\n", 5, 1)]
    public async Task A_maximum_counts_from_the_subscription_on(string unsub, int delivered, int left)
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();

        await client.SendAsync("SUB a 1\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\n" + unsub + "PUB a 0\r\n\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\n");

        Assert.Equal(delivered, (await client.RoundTripAsync()).Split("MSG a 1 0\r\n\r\n").Length - 1);
        Assert.Equal((left, left), (client.Connection.Subscriptions.Count, broker.Account.Sublist.Count));
    }

    [Fact]
    [Trait("Safety", "ISO-2")]
    public async Task A_second_connect_drops_every_subscription_and_their_memory()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Range(0, 500).Select(i => $"SUB a.{i} {i}\r\n")));

        await client.SendAsync("CONNECT {\"echo\":false}\r\nSUB a 1\r\nPUB a 0\r\n\r\nPUB a.1 0\r\n\r\n");

        Assert.Equal("", await client.RoundTripAsync());
        Assert.Equal(1, broker.Account.Sublist.Count);
    }

    [Fact]
    public async Task Control_lines_longer_than_a_block_are_delivered_where_they_are_allowed()
    {
        await using var broker = new TestBroker(settings => settings with { MaxControlLine = 512 * 1024 });
        TestClient client = await broker.ConnectAsync();
        string sid = new('9', 100_000), reply = new('r', 100_000);

        await client.SendAsync($"SUB a {sid}\r\nPUB a {reply} 2\r\nhi\r\nSUB {new string('s', 100_000)} 2\r\n");

        Assert.Equal($"MSG a {sid} {reply} 2\r\nhi\r\n-ERR 'Invalid Subject'\r\n", await client.RoundTripAsync());
    }

    [Fact]
    public async Task A_receiver_that_changes_its_mind_about_headers_gets_every_message_whole()
    {
        await using var broker = new TestBroker();
        var writer = new ScriptedWriter();
        TestClient receiver = broker.Accept(new InMemoryConnection { Output = writer });
        await receiver.SendAsync("CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB a 1\r\n");
        TestClient publisher = await broker.ConnectAsync(",\"headers\":true");
        using var stop = new CancellationTokenSource();
        Task changing = Task.Run(
            () =>
            {
                for (bool accepts = false; !stop.IsCancellationRequested; accepts = !accepts)
                {
                    receiver.Connection.AcceptsHeaders = accepts;
                }
            },
            TestContext.Current.CancellationToken);

        string messages = string.Concat(Enumerable.Repeat("HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", 500));
        for (int i = 0; i < 40; i++)
        {
            await publisher.SendAsync(messages);
        }

        await stop.CancelAsync();
        await changing;
        string received = Encoding.Latin1.GetString(writer.Sent);
        received = received[(received.IndexOf("\r\n", StringComparison.Ordinal) + 2)..];
        string rest = received.Replace("HMSG a 1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "", StringComparison.Ordinal).Replace("MSG a 1 2\r\nhi\r\n", "", StringComparison.Ordinal);
        Assert.Equal("", rest);
    }

    [Fact]
    [Trait("Safety", "SLOW-5")]
    public async Task A_message_to_thousands_reaches_them_all_though_its_publisher_is_closed_midway()
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 320_000 });
        TestClient receiver = await broker.ConnectAsync();
        await receiver.SendAsync(string.Concat(Enumerable.Range(0, 5000).Select(i => $"SUB a {i}\r\n")));
        TestClient publisher = broker.Accept(clientRoom: 1);
        await publisher.ReadLineAsync();
        await publisher.SendAsync("CONNECT {\"verbose\":false}\r\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"SUB a {i}\r\n")));

        // It gets so many copies itself that it is cut by its own message.
        await publisher.SendAsync($"PUB a 200\r\n{new string('x', 200)}\r\n");

        Assert.Equal(CloseReason.SlowConsumerPendingBytes, await publisher.EndedAsync());
        Assert.Equal(5000, (await receiver.RoundTripAsync()).Split("MSG a ").Length - 1);
    }

    private sealed class BrokenSubscriber : ISubscriber
    {
        public ulong Id => 99;

        public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher) =>
            throw new InvalidOperationException("broken receiver");

        public void Flush()
        {
        }

        public Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;
    }
}
