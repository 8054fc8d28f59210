using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Tests.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class HttpHardeningTests
{
    [Fact]
    [Trait("Safety", "HTTP-2")]
    public void Every_limit_of_the_server_is_set()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddNatsBroker();
        builder.AddNatsHttpHardening();
        using var provider = builder.Services.BuildServiceProvider();

        var limits = provider.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.Equal(TimeSpan.FromSeconds(4), limits.RequestHeadersTimeout); // and the second that Kestrel adds
        Assert.Equal(TimeSpan.FromSeconds(60), limits.KeepAliveTimeout);
        Assert.Equal(8 * 1024, limits.MaxRequestLineSize);
        Assert.Equal(32 * 1024, limits.MaxRequestHeadersTotalSize);
        Assert.Equal(100, limits.MaxRequestHeaderCount);
        Assert.Equal(64 * 1024, limits.MaxRequestBodySize);
        Assert.Equal(240, limits.MinRequestBodyDataRate!.BytesPerSecond);
        Assert.Equal(240, limits.MinResponseDataRate!.BytesPerSecond);
        Assert.Equal(1024, limits.MaxConcurrentConnections);
        Assert.Equal(16_384, limits.MaxConcurrentUpgradedConnections);
        Assert.Equal(100, limits.Http2.MaxStreamsPerConnection);
        Assert.Equal(TimeSpan.FromSeconds(30), limits.Http2.KeepAlivePingDelay);
    }

    [Theory]
    [Trait("Safety", "HTTP-1")]
    [InlineData("10.0.11", 1)]
    [InlineData("10.0.12", 0)]
    [InlineData("10.1.0", 0)]
    public async Task A_runtime_older_than_the_release_is_warned_of(string version, int warnings)
    {
        var log = new LogRecorder();

        await new RuntimeCheck(Version.Parse(version), log.For<RuntimeCheck>()).StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(warnings, log.Lines.Count);
    }

    [Fact]
    [Trait("Safety", "HTTP-1")]
    public async Task A_plain_listener_does_not_speak_HTTP_2()
    {
        await using var host = await StartAsync();

        string answer = await ExchangeAsync(host.Port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

        // A frame of 8 bytes, GOAWAY, whose last byte is the reason: HTTP_1_1_REQUIRED.
        Assert.Equal("\0\0\u0008\u0007\0\0\0\0\0\0\0\0\0\0\0\0\u000d", answer);
    }

    [Theory]
    [Trait("Safety", "HTTP-2")]
    [InlineData(9 * 1024, 1, 10, 414)]
    [InlineData(10, 1, 33 * 1024, 431)]
    [InlineData(10, 101, 1, 431)]
    public async Task A_request_with_too_much_before_its_body_is_refused(int path, int headers, int headerLength, int status)
    {
        await using var host = await StartAsync();
        string lines = string.Concat(Enumerable.Range(0, headers).Select(i => $"X-{i}: {new string('a', headerLength)}\r\n"));

        string answer = await ExchangeAsync(host.Port, $"GET /healthz?{new string('a', path)} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "HTTP-2")]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using var host = await StartAsync(map: app => app.MapPost("/take", async (Microsoft.AspNetCore.Http.HttpContext context) =>
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted)));

        string answer = await ExchangeAsync(host.Port, $"POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: {64 * 1024 + 1}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Safety", "HTTP-3")]
    [InlineData("localhost", 200)]
    [InlineData("localhost:8222", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:1", 200)]
    [InlineData("nats.example", 200)]
    [InlineData("evil.example", 400)]
    [InlineData("localhost.evil.example", 400)]
    public async Task Only_known_host_names_are_served(string name, int status)
    {
        await using var host = await StartAsync(builder => builder.Configuration["AllowedHosts"] = "nats.example");

        string answer = await ExchangeAsync(host.Port, $"GET /healthz HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "HTTP-4")]
    public async Task A_forwarded_host_or_address_is_not_believed()
    {
        await using var host = await StartAsync(map: app => app.MapGet("/who", (Microsoft.AspNetCore.Http.HttpContext context) =>
            $"{context.Request.Host} {context.Request.Scheme} {context.Connection.RemoteIpAddress}"));

        string answer = await ExchangeAsync(
            host.Port,
            "GET /who HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 10.0.0.1\r\nConnection: close\r\n\r\n");

        Assert.Contains("localhost http 127.0.0.1", answer, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "HTTP-5")]
    public async Task The_server_does_not_name_itself()
    {
        await using var host = await StartAsync();

        string answer = await ExchangeAsync(host.Port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\nServer:", answer, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Safety", "HTTP-7")]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task An_exception_shows_as_500_and_nothing_else(string environment)
    {
        await using var host = await MonitoringHost.StartAsync(
            build: builder =>
            {
                builder.Environment.EnvironmentName = environment;
                builder.AddNatsHttpHardening();
            },
            map: app => app.MapGet("/fail", string () => throw new InvalidOperationException("secret")));

        Assert.Equal((500, ""), await host.GetAsync("/fail"));
    }

    private static Task<MonitoringHost> StartAsync(Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null) => MonitoringHost.StartAsync(
        build: builder =>
        {
            build?.Invoke(builder);
            builder.AddNatsHttpHardening();
        },
        map: map);

    // Sends it and reads until the server closes, or for requests that keep the connection, until the answer is there.
    private static async Task<string> ExchangeAsync(int port, string request)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellation);
        var answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        int read;
        try
        {
            while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
        catch (IOException) when (answer.Length > 0)
        {
            // Reset after the answer: the server did not want the rest of the request.
        }

        return answer.ToString();
    }
}
