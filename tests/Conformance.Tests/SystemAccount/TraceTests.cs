using System.Text.RegularExpressions;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests.SystemAccount;

/// <summary>What becomes of traced messages: both servers say the same, and deliver the same.</summary>
public sealed partial class TraceTests(SystemServers servers) : IClassFixture<SystemServers>
{
    private const string Dest = "Nats-Trace-Dest: tr.dest";
    private const string Sampled = "TraceParent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    /// <summary>Who publishes, to what, with which headers, and what another client of that account has subscribed to.</summary>
    public static TheoryData<string, string, string, string[]> Messages => new()
    {
        { "traced", "foo", Dest, ["foo 1", "foo q 2"] },
        { "traced", "foo", Dest, [] },
        { "traced", "foo.bar", Dest + "\r\nX: a\r\nX: b\r\nY:  c \r\nEmpty: ", ["foo.* 1"] },
        { "traced", "foo", Dest + "\r\nNats-Trace-Only: 1", ["foo 1"] },
        { "traced", "foo", Dest + "\r\nNats-Trace-Only: TRUE", ["foo 1"] },
        { "traced", "foo", Dest + "\r\nNats-Trace-Only: On", ["foo 1"] },
        { "traced", "foo", Dest + "\r\nNats-Trace-Only: 0", ["foo 1"] },
        { "traced", "foo", Dest + "\r\nNats-Trace-Only: yes", ["foo 1"] },
        { "traced", "foo", Dest + "\r\nNats-Trace-Only: ", ["foo 1"] },
        { "traced", "foo", "nats-trace-dest: tr.dest", ["foo 1"] },
        { "traced", "foo", "Nats-Trace-Dest: tr.*", ["foo 1"] },
        { "traced", "foo", "Nats-Trace-Dest: tr.*\r\nNats-Trace-Only: 1", ["foo 1"] },
        { "traced", "foo", "Nats-Trace-Dest: \r\nNats-Trace-Only: 1", ["foo 1"] },
        { "traced", "foo", "Nats-Trace-Dest: trace disabled\r\nNats-Trace-Only: 1", ["foo 1"] },
        { "traced", "foo", "Nats-Trace-Only: 1", ["foo 1"] },
        { "traced", "foo", Sampled, ["foo 1"] },
        { "traced", "map.a", Dest, ["map.b 1"] },
        { "traced", "den.no", Dest, ["den.no 1"] },
        { "some", "foo", "Nats-Trace-Dest: no.dest", ["foo 1"] },
        { "some", "no.subject", Dest, ["no.subject 1"] },
        { "some", "no.subject", Dest + "\r\nNats-Trace-Only: 1", ["no.subject 1"] },
        { "importer", "closed", Dest, [] },
        { "importer", "open", Dest, [] },
        { "importer", "open", Dest + "\r\nNats-Trace-Only: 1", [] },
        { "importer", "closed", Dest + "\r\nNats-Trace-Only: 1", [] },
        { "traced", "str.x", Dest, [] },
        { "traced", "open.x", Dest, [] },
        { "parent", "foo", Sampled, ["foo 1"] },
        { "parent", "foo", Sampled + "\r\nNats-Trace-Only: 1", ["foo 1"] },
        { "parent", "foo", Sampled.Replace("-01", "-00", StringComparison.Ordinal), ["foo 1"] },
        { "parent", "foo", "Nats-Trace-Dest: trace disabled\r\n" + Sampled, ["foo 1"] },
        { "parent", "foo", Dest + "\r\n" + Sampled, ["foo 1"] },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task A_message_is_traced_and_delivered_in_the_same_way(string user, string subject, string header, string[] subscriptions)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);

        // The real server publishes traces a moment later: as much as ours sent is waited for there.
        Received ours = await PublishAsync(servers.Ours, user, subject, header, subscriptions, new Received("", [], []));
        Received theirs = await PublishAsync(servers.Reference, user, subject, header, subscriptions, ours);

        Assert.Equal(theirs.Errors, ours.Errors);
        Assert.Equal(theirs.There, ours.There);
        Assert.Equal(theirs.Elsewhere, ours.Elsewhere);
    }

    [Fact]
    public async Task Who_wants_no_echo_still_gets_its_trace()
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient client = await SystemClient.ConnectAsync(port, "traced", ",\"echo\":false");
            await client.SubscribeAsync("> 1");

            await client.PublishAsync("foo", Dest);

            Assert.Contains("Not delivered because of no echo", (await client.ReadAsync()).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_trace_is_encoded_as_its_message_says()
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient client = await SystemClient.ConnectAsync(port, "traced");
            await client.SubscribeAsync("tr.> 1");

            await client.PublishAsync("foo", Dest + "\r\nAccept-Encoding: gzip");

            Assert.Equal("NATS/1.0\r\nContent-Encoding: gzip\r\n\r\n", (await client.ReadAsync()).Header);
        }
    }

    [Theory]
    [InlineData("tr.dest 1 3")]
    [InlineData("$NRG.dest")]
    [InlineData("_GR_.dest")]
    [Trait("Safety", "ISO-6")]
    public async Task A_destination_that_nobody_could_publish_to_is_none(string destination)
    {
        await using SystemClient client = await SystemClient.ConnectAsync(servers.Ours, "traced");
        await client.SubscribeAsync("> 1");

        await client.PublishAsync("foo", "Nats-Trace-Dest: " + destination);
        await client.PublishAsync("end", "X: y");

        Assert.Equal("foo", (await client.ReadAsync()).Subject);
        Assert.Equal("end", (await client.ReadAsync()).Subject);
    }

    // docs/compatibility.md, "trace-oversized".
    [Fact]
    public async Task What_is_too_large_is_not_traced()
    {
        await using SystemClient client = await SystemClient.ConnectAsync(servers.Ours, "traced");
        await using SystemClient listener = await SystemClient.ConnectAsync(servers.Ours, "traced");
        await listener.SubscribeAsync("tr.> 1");

        await client.SendAsync($"HPUB foo 38 2000000\r\nNATS/1.0\r\n{Dest}\r\n\r\n");
        Assert.Equal("-ERR 'Maximum Payload Violation'\r\n", await client.ReadLineAsync());

        await listener.PublishAsync("tr.end", "X: y");
        Assert.Equal("tr.end", (await listener.ReadAsync()).Subject);
    }

    private static async Task<Received> PublishAsync(int port, string user, string subject, string header, string[] subscriptions, Received expected)
    {
        await using SystemClient publisher = await SystemClient.ConnectAsync(port, user);
        await using SystemClient receiver = await SystemClient.ConnectAsync(port, user == "some" ? "traced" : user);
        await using SystemClient some = await SystemClient.ConnectAsync(port, "some");
        await using SystemClient elsewhere = await SystemClient.ConnectAsync(port, user == "importer" ? "traced" : "importer");
        string[] ends = ["tr.> 7", "acc.> 8", "end 9"];
        foreach (string subscription in subscriptions.Concat(ends))
        {
            await receiver.SubscribeAsync(subscription);
        }

        await some.SubscribeAsync("den.> 1");
        foreach (string subscription in (string[])["imp.> 1", "closed 2", "open 3", "end 9"])
        {
            await elsewhere.SubscribeAsync(subscription);
        }

        await publisher.PublishAsync(subject, header);
        await publisher.SendAsync("PING\r\n");
        string told = "";
        while (await publisher.ReadLineAsync() is var line && line != "PONG\r\n")
        {
            told += line;
        }

        return new Received(told, await ReadToEndAsync(receiver, expected.There.Count), await ReadToEndAsync(elsewhere, expected.Elsewhere.Count));
    }

    // So many messages, and then what else comes before a message of its own.
    private static async Task<List<string>> ReadToEndAsync(SystemClient client, int expected)
    {
        var all = new List<string>();
        while (all.Count < expected)
        {
            all.Add(Describe(await client.ReadAsync()));
        }

        await client.SendAsync("PUB end 0\r\n\r\n");
        while (await client.ReadAsync() is var message && message.Subject != "end")
        {
            all.Add(Describe(message));
        }

        return all;
    }

    private static string Describe(SystemMessage message) =>
        ChangingValue().Replace(Server().Replace($"{message.Form}\n{message.Header}\n{message.Text}", ""), "$1");

    /// <summary>What came of a message.</summary>
    /// <param name="Errors">What its publisher was told.</param>
    /// <param name="There">What another client of its account got.</param>
    /// <param name="Elsewhere">What a client of the other account got.</param>
    private sealed record Received(string Errors, List<string> There, List<string> Elsewhere);

    // With the flags of what each is good at, it is another server every time.
    [GeneratedRegex("""\"server\":\{.*?\"time\":\"[^\"]*\"\},""")]
    private static partial Regex Server();

    [GeneratedRegex("""(\"(?:ts|cid|rtt)\":|_R_\.)(?:\"[^\"]*\"|[A-Za-z0-9.]+)""")]
    private static partial Regex ChangingValue();
}
