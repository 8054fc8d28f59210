using System.Net;
using System.Text;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Broker;
using NatsKestrel.Broker.InProcess;
using Xunit;

namespace NatsKestrel.Integration.Tests;

/// <summary>The HTTP API of our host as it is put together, in memory.</summary>
public sealed class HttpApiTests : IDisposable
{
    private readonly WebApplicationFactory<Program> _host = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        builder.UseSetting("Nats:Port", "0").UseSetting("Nats:WebSocket:Port", "-1").UseSetting("Logging:LogLevel:Default", "None"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_posted_comes_to_subscribers_by_HTTP_and_in_process()
    {
        using HttpClient http = _host.CreateClient();
        await using InProcessClient client = _host.Services.GetRequiredService<NatsServer>().Connect();
        using InProcessSubscription subscription = client.Subscribe("orders.*");
        using HttpResponseMessage events = await http.GetAsync(new Uri("/api/v1/subscribe/orders.*?max=1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Token);

        using var body = new StringContent("one", Encoding.UTF8);
        using HttpResponseMessage published = await http.PostAsync(new Uri("/api/v1/publish/orders.new", UriKind.Relative), body, Token);

        Assert.Equal(HttpStatusCode.NoContent, published.StatusCode);
        Assert.Equal("one", Encoding.UTF8.GetString((await subscription.Reader.ReadAsync(Token)).Data.Span));
        Assert.Equal("""data: {"subject":"orders.new","text":"one"}""", (await events.Content.ReadAsStringAsync(Token)).TrimEnd());
    }

    [Theory]
    [InlineData("POST", "/api/v1/request/nobody", HttpStatusCode.ServiceUnavailable)]
    [InlineData("POST", "/api/v1/publish/a..b", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/v1/publish/a", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/v1/nothing", HttpStatusCode.NotFound)]
    public async Task What_went_wrong_is_a_status(string method, string path, HttpStatusCode status)
    {
        using HttpClient http = _host.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using HttpResponseMessage answer = await http.SendAsync(request, Token);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    [Trait("Safety", "WS-1")]
    public async Task A_page_of_another_site_may_do_nothing()
    {
        using HttpClient http = _host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/publish/a");
        request.Headers.Add("Origin", "https://stranger.example");

        using HttpResponseMessage answer = await http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    public void Dispose() => _host.Dispose();
}
