using Microsoft.Extensions.Logging;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public sealed class ProtocolTraceTests
{
    [Fact]
    public async Task Operations_are_traced_in_the_words_of_nats_server()
    {
        await using var broker = new TestBroker(settings => settings with { IsTraced = true });
        TestClient client = await broker.ConnectAsync();

        await client.SendAsync("sub  foo\t1 \r\npub foo 5\r\nhel\u0001o\r\nPUB foo 0\r\n\r\nUNSUB 1\r\n");
        await client.RoundTripAsync();

        string[] expected =
        [
            "<<- [SUB foo\t1 ]", "<<- [PUB foo 5]", "<<- MSG_PAYLOAD: [\"hel\\x01o\"]", "->> [MSG foo 1 5]", "->> MSG_PAYLOAD: [\"hel\\x01o\"]",
            "<<- [PUB foo 0]", "->> [MSG foo 1 0]", "<<- [UNSUB 1]", "<-> [DELSUB 1]", "<<- [PING]", "->> [PONG]",
        ];
        Assert.Equal(expected, Traces(broker)[^expected.Length..]);
    }

    [Fact]
    public async Task No_more_of_a_payload_is_shown_than_was_asked_for()
    {
        await using var broker = new TestBroker(settings => settings with { IsTraced = true, MaxTracedLength = 3 });
        TestClient client = await broker.ConnectAsync();

        await client.SendAsync("PUB foo 5\r\nhello\r\nPUB foo 3\r\nabc\r\n");
        await client.RoundTripAsync();

        Assert.Contains("<<- MSG_PAYLOAD: [\"hel...\"]", Traces(broker));
        Assert.Contains("<<- MSG_PAYLOAD: [\"abc\"]", Traces(broker));
    }

    [Fact]
    [Trait("Safety", "LOG-1")]
    public async Task No_secret_of_a_CONNECT_is_traced()
    {
        await using var broker = new TestBroker(settings => settings with { IsTraced = true });

        await broker.ConnectAsync(""","user":"ann","pass":"canary\"1","auth_token":"canary2","jwt":"canary3","sig":"canary4","nkey":"canary5","pass":"canary6" """);

        string connect = Traces(broker).First(text => text.StartsWith("<<- [CONNECT", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", connect, StringComparison.Ordinal);
        Assert.Contains("\"user\":\"ann\"", connect, StringComparison.Ordinal);
        Assert.Contains("\"pass\":\"[REDACTED]\"", connect, StringComparison.Ordinal);
    }

    // Without who it is about.
    private static string[] Traces(TestBroker broker) =>
        [.. broker.Log.Lines.Where(line => line.Level == LogLevel.Trace).Select(line => line.Text[(line.Text.IndexOf(" - ", line.Text.IndexOf("cid:", StringComparison.Ordinal), StringComparison.Ordinal) + 3)..])];
}
