using System.Net;
using Microsoft.AspNetCore.Hosting;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.WebGateway.Tests.WebSocket;

/// <summary>Requests to become a WebSocket: what is let in, and what is answered to the rest.</summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Good = $"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {Key}\r\nSec-WebSocket-Version: 13\r\n";

    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task An_upgrade_is_answered_with_the_key_of_the_standard()
    {
        string answer = await AskAsync($"GET / HTTP/1.1\r\nHost: x\r\n{Good}\r\n");

        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Upgrade: websocket\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: Upgrade\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Extensions", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Protocol:", answer, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Safety", "WS-2")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" + Good, 405, "Method Not Allowed")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n", 400, "Bad Request")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n", 400, "Bad Request")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: close\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n", 400, "Bad Request")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n", 400, "Bad Request")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: c2hvcnQ=\r\nSec-WebSocket-Version: 13\r\n", 400, "Bad Request")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 8\r\n", 400, "Bad Request")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\n", 400, "Bad Request")]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: x\r\n" + Good, 404, "Not Found")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n" + Good, 403, "Forbidden")]
    public async Task What_is_no_upgrade_is_refused_with_its_status(string request, int status, string text)
    {
        await using RawClient client = await GatewayFixture.SendAsync(_gateway.WebSocketPort, request + "\r\n");
        string head = await ReadHeadAsync(client);
        string body = await client.ReadAsync(text.Length + 1, TestContext.Current.CancellationToken);

        Assert.StartsWith($"HTTP/1.1 {status} {text}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Version: 13\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Content-Type: text/plain; charset=utf-8\r\n", head, StringComparison.Ordinal);
        Assert.Equal(text + "\n", body);
    }

    [Theory]
    [InlineData("Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n", "/")]
    [InlineData("Upgrade: h2c, websocket\r\nConnection: upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 8, 13\r\n", "/any/path?query=1")]
    [InlineData(Good + "Sec-WebSocket-Protocol: nats\r\n", "/")]
    [InlineData(Good + "Origin: http://localhost:3000\r\n", "/")]
    public async Task Any_path_and_any_spelling_of_the_standard_is_let_in(string headers, string path)
    {
        string answer = await AskAsync($"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");

        Assert.StartsWith("HTTP/1.1 101 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leaf_node_is_closed_right_after_the_upgrade()
    {
        await using RawWebSocket socket = await _gateway.OpenAsync(path: "/leafnode");

        Assert.Equal((0, ""), await socket.ReadFrameAsync());
    }

    [Fact]
    public async Task Whoever_sends_before_the_answer_is_dropped()
    {
        await using RawClient client = await GatewayFixture.SendAsync(_gateway.WebSocketPort, $"GET / HTTP/1.1\r\nHost: x\r\n{Good}\r\nearly");

        string all;
        try
        {
            all = await client.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            all = "";
        }

        Assert.DoesNotContain("101", all, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "WS-2")]
    [Trait("Safety", "F-12")]
    public async Task Headers_of_two_megabytes_are_refused()
    {
        await using RawClient client = await RawClient.ConnectAsync("127.0.0.1", _gateway.WebSocketPort.Port, TestContext.Current.CancellationToken);
        string status = "";
        try
        {
            await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\nX: {new string('x', 2 * 1024 * 1024)}", TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // It was cut while sending.
        }

        try
        {
            status = await client.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // Reset.
        }

        Assert.True(status.Length == 0 || status.StartsWith("HTTP/1.1 431 ", StringComparison.Ordinal), status);
    }

    [Fact]
    public async Task Info_names_the_websocket_port_and_monitoring_the_type()
    {
        await using RawWebSocket socket = await _gateway.OpenAsync();

        var (first, info) = await socket.ReadFrameAsync();

        Assert.Equal(0x82, first);
        Assert.Contains($"\"port\":{_gateway.WebSocketPort.Port},", info, StringComparison.Ordinal);
        Assert.Contains("\"host\":\"127.0.0.1\"", info, StringComparison.Ordinal);
        Assert.DoesNotContain("tls_", info, StringComparison.Ordinal);
        ClientConnection client = Assert.Single(_gateway.Registry.Open);
        Assert.Equal("websocket", client.Type);
        Assert.Contains(" - wid:", client.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Varz_tells_of_the_port()
    {
        using var http = new HttpClient();

        string varz = await http.GetStringAsync(new Uri(_gateway.HttpUri, "/varz"), TestContext.Current.CancellationToken);

        Assert.Contains($"\"websocket\": {{\n    \"host\": \"127.0.0.1\",\n    \"port\": {_gateway.WebSocketPort.Port},\n", varz, StringComparison.Ordinal);
        Assert.Contains("\"no_tls\": true", varz, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "WS-6")]
    public async Task No_more_connections_are_upgraded_than_there_may_be()
    {
        await using GatewayFixture gateway = await GatewayFixture.StartAsync(
            build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxConcurrentUpgradedConnections = 1));
        var endPoint = new IPEndPoint(IPAddress.Loopback, gateway.HttpUri.Port);
        await using RawWebSocket first = await GatewayFixture.OpenAsync(endPoint, path: "/nats");

        await using RawClient second = await GatewayFixture.SendAsync(endPoint, $"GET /nats HTTP/1.1\r\nHost: x\r\n{Good}\r\n");

        Assert.StartsWith("HTTP/1.1 503 ", await second.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_applications_port_lets_websockets_in_at_its_path()
    {
        var endPoint = IPEndPoint.Parse(_gateway.HttpUri.Authority);
        await using RawWebSocket socket = await GatewayFixture.OpenAsync(endPoint, path: "/nats");

        string info = await socket.ReadUntilAsync("\r\n");
        await socket.SendAsync("PING\r\n");

        Assert.Contains($"\"port\":{endPoint.Port},", info, StringComparison.Ordinal);
        Assert.Equal("PONG\r\n", await socket.ReadUntilAsync("PONG\r\n"));
    }

    private static async Task<string> ReadHeadAsync(RawClient client)
    {
        string head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            string line = await client.ReadLineAsync(TestContext.Current.CancellationToken);
            head += line.Length > 0 ? line : throw new EndOfStreamException(head);
        }

        return head;
    }

    private async Task<string> AskAsync(string request)
    {
        await using RawClient client = await GatewayFixture.SendAsync(_gateway.WebSocketPort, request);
        return await ReadHeadAsync(client);
    }
}
