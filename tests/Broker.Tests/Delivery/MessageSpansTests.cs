using System.Collections.Concurrent;
using System.Diagnostics;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Tests.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Delivery;

public sealed class MessageSpansTests
{
    private const string Sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private const string NotSampled = "00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b7-00";

    [Fact]
    public async Task A_message_of_a_kept_trace_makes_a_span_whose_parent_is_its_publisher()
    {
        ConcurrentQueue<Activity> spans = await SpansAsync(Message("traceparent", Sampled));

        Activity span = Assert.Single(spans);
        Assert.Equal(("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"), (span.TraceId.ToString(), span.ParentSpanId.ToString()));
        Assert.Equal(("nats", "spans.orders", 5, "$G"), (Tag(span, "messaging.system"), Tag(span, "messaging.destination.name"), Tag(span, "messaging.message.body.size"), Tag(span, "nats.account")));
        Assert.True(span.Duration > TimeSpan.Zero);
    }

    [Fact]
    public async Task The_name_of_the_header_may_be_in_any_letter_case() => Assert.Single(await SpansAsync(Message("Traceparent", Sampled)));

    [Theory]
    [InlineData("traceparent", NotSampled)]
    [InlineData("traceparent", "00-nonsense-01")]
    [InlineData("traceparent", "")]
    [InlineData("X-traceparent", Sampled)]
    public async Task Other_messages_make_none(string name, string value) => Assert.Empty(await SpansAsync(Message(name, value) + "PUB spans.orders 5\r\nhello\r\n"));

    [Fact]
    public Task Where_nobody_listens_a_message_of_a_kept_trace_costs_no_memory() =>
        AllocationTests.AssertAllocatesNothingAsync(Message("traceparent", Sampled), "SUB spans.orders 1\r\n", messagesPerRead: 100);

    private static async Task<ConcurrentQueue<Activity>> SpansAsync(string lines)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == BrokerInstruments.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                // Other tests publish at the same time.
                if (span.GetTagItem("messaging.destination.name") is "spans.orders")
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var broker = new TestBroker();
        TestClient client = broker.Accept();

        await client.SendAsync("CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB spans.orders 1\r\n" + lines + "PING\r\n");
        await client.ReadUntilAsync("PONG\r\n");
        return spans;
    }

    private static string Message(string name, string value)
    {
        string header = $"NATS/1.0\r\n{name}: {value}\r\n\r\n";
        return $"HPUB spans.orders {header.Length} {header.Length + 5}\r\n{header}hello\r\n";
    }

    private static object? Tag(Activity span, string name) => span.GetTagItem(name);
}
