using System.Net;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.WebGateway.Tests.Http;

/// <summary>NATS over plain HTTP.</summary>
public sealed class MessageEndpointsTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private GatewayFixture _gateway = null!;
    private InProcessClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayFixture.StartAsync(options => options.Limits.MaxPayload = 200_000);
        _client = _gateway.Server.Connect("test");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _client.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_body_is_published_as_it_is_with_its_nats_headers()
    {
        using InProcessSubscription subscription = _client.Subscribe("orders.new");
        byte[] body = [0x00, 0xFF, 0x0D, 0x0A];

        HttpResponseMessage answer = await PostAsync("publish/orders.new?reply=answers", body, ("Nats-Msg-Id", "7"), ("X-Other", "no"));

        NatsMessage message = await ReadAsync(subscription);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(body, message.Data.ToArray());
        Assert.Equal(("answers", "7", 1), (message.Reply, message.Headers!["Nats-Msg-Id"], message.Headers.Count));
    }

    [Fact]
    public async Task A_request_gets_its_answer_with_its_nats_headers()
    {
        await using InProcessSubscription service = _client.Subscribe("echo", message =>
            message.ReplyAsync(message.Data, new MessageHeaders { { "Nats-Served-By", "me" }, { "Set-Cookie", "no" } }));

        HttpResponseMessage answer = await PostAsync("request/echo?timeout=2000", "hi"u8.ToArray());

        Assert.Equal((HttpStatusCode.OK, "hi"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token)));
        Assert.Equal(["me"], answer.Headers.GetValues("Nats-Served-By"));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }

    [Theory]
    [InlineData("request/nobody", 503)]
    [InlineData("request/silent?timeout=1", 504)]
    [InlineData("request/silent?timeout=x", 400)]
    [InlineData("request/silent?timeout=0", 400)]
    [InlineData("publish/a..b", 400)]
    [InlineData("publish/a.*", 400)]
    [InlineData("publish/a%20b", 400)]
    [InlineData("publish/a%0D%0APUB%20b%200", 400)]
    public async Task What_went_wrong_is_a_status(string path, int status)
    {
        using InProcessSubscription silent = _client.Subscribe("silent");

        HttpResponseMessage answer = await PostAsync(path, []);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [Trait("Safety", "HTTP-2")]
    [InlineData(200_000, 204)]
    [InlineData(200_001, 413)]
    public async Task A_body_is_as_large_as_a_message_may_be(int length, int status)
    {
        HttpResponseMessage answer = await PostAsync("publish/large", new byte[length]);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_subscription_is_a_stream_of_events()
    {
        using HttpResponseMessage answer = await _http.GetAsync(Uri("subscribe/news.>?max=2"), HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));

        await _client.PublishAsync("news.one", "first", new MessageHeaders { { "A", "1" } }, cancellationToken: Token);
        await _client.PublishAsync("news.two", new byte[] { 0xFF }, cancellationToken: Token);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("""data: {"subject":"news.one","text":"first","headers":{"A":["1"]}}""", await reader.ReadLineAsync(Token));
        Assert.Equal("", await reader.ReadLineAsync(Token));
        Assert.Equal("""data: {"subject":"news.two","data":"/w=="}""", await reader.ReadLineAsync(Token));
        Assert.Equal("\n", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    [Trait("Safety", "SIG-1")]
    public async Task Monitoring_shows_a_stream_and_the_one_client_of_all_requests()
    {
        using HttpResponseMessage answer = await _http.GetAsync(Uri("subscribe/a"), HttpCompletionOption.ResponseHeadersRead, Token);
        await PostAsync("publish/a", []);
        await PostAsync("publish/a", []);

        IEnumerable<string> types = _gateway.Registry.SnapshotOpen().Select(connection => connection.Type).Order();

        Assert.Equal(["http", "in_process", "sse"], types);
    }

    [Fact]
    [Trait("Safety", "STOP-1")]
    public async Task A_stopping_server_ends_the_streams_of_events()
    {
        await using GatewayFixture gateway = await GatewayFixture.StartAsync();
        using HttpResponseMessage answer = await _http.GetAsync(new Uri(gateway.HttpUri, "/api/v1/subscribe/a"), HttpCompletionOption.ResponseHeadersRead, Token);

        await gateway.StopAsync().WaitAsync(RawClient.Patience, Token);
    }

    [Theory]
    [Trait("Safety", "WS-1")]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Origin", "http://localhost:5173", 204)]
    [InlineData("Sec-Fetch-Site", "same-origin", 204)]
    public async Task Pages_of_strangers_may_not_publish(string header, string value, int status)
    {
        HttpResponseMessage answer = await PostAsync("publish/a", [], (header, value));

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [Trait("Safety", "HTTP-6")]
    [InlineData("publish/a", 405)]
    [InlineData("publish", 404)]
    [InlineData("other/a", 404)]
    public async Task Other_methods_and_paths_are_none(string path, int status)
    {
        using HttpResponseMessage answer = await _http.GetAsync(Uri(path), Token);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    private static async Task<NatsMessage> ReadAsync(InProcessSubscription subscription) =>
        await subscription.Reader.ReadAsync(Token).AsTask().WaitAsync(RawClient.Patience, Token);

    private Uri Uri(string path) => new(_gateway.HttpUri, "/api/v1/" + path);

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Uri(path)) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request, Token);
    }
}
