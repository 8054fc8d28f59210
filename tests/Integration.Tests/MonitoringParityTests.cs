using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests;

/// <summary>The same clients on a real nats-server and on our broker: the monitoring of both must have the same shape.</summary>
public sealed class MonitoringParityTests
{
    /// <summary>The one field that nats-server does not have.</summary>
    private const string OwnField = ".natskestrel_version";

    [Theory]
    [InlineData("/varz")]
    [InlineData("/connz")]
    [InlineData("/connz?subs=1")]
    [InlineData("/connz?subs=detail&auth=1")]
    [InlineData("/connz?state=closed&subs=1&auth=1")]
    [InlineData("/connz?state=all&cid=99999")]
    [InlineData("/connz?acc=NOPE")]
    [InlineData("/subsz")]
    [InlineData("/subsz?subs=1&test=foo.bar&acc=$G")]
    [InlineData("/accountz")]
    [InlineData("/accstatz")]
    [InlineData("/accstatz?unused=1")]
    [InlineData("/healthz")]
    [InlineData("/routez")]
    [InlineData("/leafz")]
    [InlineData("/gatewayz")]
    [InlineData("/jsz")]
    [InlineData("/jsz?accounts=1&streams=1&consumers=1&config=1")]
    [InlineData("/ipqueuesz")]
    public async Task Answers_have_the_same_fields(string path)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        await using var theirs = await StartReferenceAsync();
        await using var ours = await StartBrokerAsync();
        await using var theirClient = await ConnectAsync(theirs);
        await using var ourClient = await ConnectAsync(ours);

        var expected = Fields(await theirs.GetAsync(path));
        var actual = Fields(await ours.GetAsync(path));

        Assert.Equal(expected, actual.Where(field => !field.StartsWith(OwnField, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/connz?auth=maybe")]
    [InlineData("/connz?subs=zz&offset=x")]
    [InlineData("/connz?limit=99999999999999999999")]
    [InlineData("/connz?offset=1_000")]
    [InlineData("/connz?cid=-1")]
    [InlineData("/connz?cid=18446744073709551616")]
    [InlineData("/connz?state=foo")]
    [InlineData("/connz?sort=foo")]
    [InlineData("/connz?sort=stop")]
    [InlineData("/connz?sort=reason&state=all")]
    [InlineData("/subsz?subs=detail")]
    [InlineData("/subsz?test=foo.*")]
    [InlineData("/subsz?test=foo..bar")]
    [InlineData("/accountz?acc=NOPE")]
    [InlineData("/accstatz?unused=x")]
    [InlineData("/routez?subs=x")]
    [InlineData("/gatewayz?accs=x")]
    [InlineData("/leafz?subs=detail")]
    [InlineData("/jsz?leader-only=1")]
    [InlineData("/jsz?raft=q&stream-leader-only=q")]
    [InlineData("/healthz?stream=x")]
    [InlineData("/healthz?consumer=y&details=1")]
    [InlineData("/healthz?js-meta-only=q&details=q")]
    [InlineData("/ipqueuesz?all=x")]
    [InlineData("/raftz")]
    public async Task Refusals_are_the_same_word_for_word(string path)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        await using var theirs = await StartReferenceAsync();
        await using var ours = await StartBrokerAsync();

        Assert.Equal(await theirs.GetAsync(path), await ours.GetAsync(path));
    }

    /// <summary>A client that listens, and one that has published, listened and gone.</summary>
    private static async Task<RawClient> ConnectAsync(Monitored server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var client = await RawClient.ConnectAsync("127.0.0.1", server.ClientPort, cancellation);
        await client.ReadLineAsync(cancellation);
        await client.SendAsync(
            "CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":\"sub<1>\",\"lang\":\"test\",\"version\":\"1.0\"}\r\n"
            + "SUB foo.* 1\r\nSUB foo.bar q 2\r\nSUB x.> 3\r\nUNSUB 3 5\r\nPING\r\n",
            cancellation);
        await client.ReadUntilAsync("PONG\r\n", cancellation);

        await using (var gone = await RawClient.ConnectAsync("127.0.0.1", server.ClientPort, cancellation))
        {
            await gone.ReadLineAsync(cancellation);
            await gone.SendAsync("CONNECT {\"verbose\":false,\"name\":\"pub1\"}\r\nSUB a 1\r\nPUB foo.bar 5\r\nhello\r\nPING\r\n", cancellation);
            await gone.ReadLineAsync(cancellation);
        }

        // Until the server has noticed; asked of both servers, so that their counts of requests have the same paths.
        while (!(await server.GetAsync("/connz?state=closed")).Text.Contains("\"pub1\"", StringComparison.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
        }

        return client;
    }

    private static SortedSet<string> Fields((int Status, string Text) answer)
    {
        Assert.Equal(200, answer.Status);
        return JsonFields.Of(answer.Text);
    }

    private static async Task<Monitored> StartReferenceAsync()
    {
        var server = await BrokerProcess.StartReferenceAsync(ReferenceServer.Executable!, 0, "-m", "-1");
        return new Monitored(server.ClientUri.Port, server.HttpUri, server);
    }

    private static async Task<Monitored> StartBrokerAsync()
    {
        BrokerFixture broker = await BrokerFixture.StartAsync();
        return new Monitored(broker.ClientUri.Port, broker.HttpUri, broker);
    }

    private sealed class Monitored(int clientPort, Uri monitoring, IAsyncDisposable server) : IAsyncDisposable
    {
        private readonly HttpClient _http = new() { BaseAddress = monitoring };

        public int ClientPort { get; } = clientPort;

        public async Task<(int Status, string Text)> GetAsync(string path)
        {
            using var response = await _http.GetAsync(path, TestContext.Current.CancellationToken);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        public ValueTask DisposeAsync()
        {
            _http.Dispose();
            return server.DisposeAsync();
        }
    }
}
