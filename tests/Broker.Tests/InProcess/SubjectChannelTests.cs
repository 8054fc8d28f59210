using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Tests.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.InProcess;

/// <summary>Channels over subjects: what one side writes, the other reads.</summary>
public sealed partial class SubjectChannelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_integers_written_on_one_side_arrive_on_the_other()
    {
        await using var broker = new TestBroker();
        await using InProcessClient sender = broker.Open();
        await using InProcessClient receiver = broker.Open();
        using SubjectReader<int> reader = receiver.OpenReader<int>("numbers");
        ChannelWriter<int> writer = sender.OpenWriter<int>("numbers");

        for (int i = 0; i < 10; i++)
        {
            await writer.WriteAsync(i, Token);
        }

        writer.Complete();
        Assert.Equal(Enumerable.Range(0, 10), await reader.ReadAllAsync(Token).Take(10).ToArrayAsync(Token));
    }

    [Fact]
    public async Task Values_are_JSON_on_the_wire_by_source_generated_code_where_it_is_given()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using InProcessSubscription wire = client.Subscribe("orders");
        using SubjectReader<Order> reader = client.OpenReader("orders", OrderJson.Default.Order);

        await client.OpenWriter("orders", OrderJson.Default.Order).WriteAsync(new Order("tea", 2), Token);

        Assert.Equal("""{"Item":"tea","Count":2}""", (await wire.Reader.ReadAsync(Token)).Text);
        Assert.Equal(new Order("tea", 2), await reader.ReadAsync(Token));
    }

    [Fact]
    public async Task Another_serializer_can_be_given()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using SubjectReader<string> reader = client.OpenReader("text", new PlainText());

        await client.OpenWriter("text", new PlainText()).WriteAsync("plain", Token);

        Assert.Equal("plain", await reader.ReadAsync(Token));
    }

    [Fact]
    public async Task What_cannot_be_read_is_passed_over_and_counted()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using SubjectReader<int> reader = client.OpenReader<int>("numbers");

        await client.PublishAsync("numbers", "no number", cancellationToken: Token);
        await client.PublishAsync("numbers", "7", cancellationToken: Token);

        Assert.Equal(7, await reader.ReadAsync(Token));
        Assert.Equal(1, reader.Unreadable);
    }

    [Fact]
    public async Task A_completed_writer_takes_nothing_and_its_readers_go_on()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using SubjectReader<int> reader = client.OpenReader<int>("numbers");
        ChannelWriter<int> first = client.OpenWriter<int>("numbers");
        ChannelWriter<int> second = client.OpenWriter<int>("numbers");

        first.Complete();
        await second.WriteAsync(1, Token);

        await Assert.ThrowsAsync<ChannelClosedException>(async () => await first.WriteAsync(0, Token));
        Assert.Equal(1, await reader.ReadAsync(Token));
    }

    [Fact]
    public async Task A_reader_ends_when_its_client_does()
    {
        await using var broker = new TestBroker();
        InProcessClient client = broker.Open();
        SubjectReader<int> reader = client.OpenReader<int>("numbers");
        ChannelWriter<int> writer = client.OpenWriter<int>("numbers");

        client.Dispose();

        Assert.Empty(await reader.ReadAllAsync(Token).ToArrayAsync(Token));
        Assert.False(await writer.WaitToWriteAsync(Token));
    }

    [Fact]
    public async Task A_writer_waits_while_a_reader_is_nearly_full()
    {
        await using var broker = new TestBroker();
        await using InProcessClient client = broker.Open();
        using SubjectReader<int> reader = client.OpenReader<int>("numbers", new SubscribeOptions { MaxPendingMessages = 1, WhenFull = SlowConsumerRule.DropNewest });
        ChannelWriter<int> writer = client.OpenWriter<int>("numbers");

        bool first = writer.TryWrite(1);
        bool second = writer.TryWrite(2);
        ValueTask<bool> mayWrite = writer.WaitToWriteAsync(Token);
        bool mustWait = !mayWrite.IsCompleted;
        int read = await reader.ReadAsync(Token);

        Assert.Equal((true, false, true, 1), (first, second, mustWait, read));
        Assert.True(await mayWrite.AsTask().WaitAsync(RawClient.Patience, Token));
    }

    private sealed record Order(string Item, int Count);

    [JsonSerializable(typeof(Order))]
    private sealed partial class OrderJson : JsonSerializerContext;

    private sealed class PlainText : INatsSerializer<string>
    {
        public void Serialize(IBufferWriter<byte> payload, string value) => payload.Write(Encoding.UTF8.GetBytes(value));

        public string Deserialize(ReadOnlySpan<byte> payload) => Encoding.UTF8.GetString(payload);
    }
}
