using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Testing;
using NatsKestrel.WebGateway.Tests.WebSocket;

namespace NatsKestrel.WebGateway.Tests;

/// <summary>A broker with its doors for browsers, on free ports of 127.0.0.1, in the test's own process.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    private readonly WebApplication _application;

    private GatewayFixture(WebApplication application) => _application = application;

    public NatsServer Server => Services.GetRequiredService<NatsServer>();

    public IServiceProvider Services => _application.Services;

    public ConnectionRegistry Registry => Services.GetRequiredService<ConnectionRegistry>();

    /// <summary>Where the WebSocket port is.</summary>
    public IPEndPoint WebSocketPort => Services.GetRequiredService<WebSocketPort>().EndPoint!;

    /// <summary>Where the application's HTTP port is.</summary>
    public Uri HttpUri => new(_application.Urls.First());

    public static async Task<GatewayFixture> StartAsync(Action<NatsBrokerOptions>? configure = null, Action<WebApplicationBuilder>? build = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        build?.Invoke(builder);
        builder.AddNatsBroker(options =>
        {
            options.Port = 0;
            options.WebSocket.Port = 0;
            configure?.Invoke(options);
        });
        builder.AddNatsWebGateway();

        WebApplication application = builder.Build();
        application.UseRouting();
        application.MapNatsMonitoring();
        application.MapNatsWebGateway();
        await application.StartAsync();
        return new GatewayFixture(application);
    }

    /// <summary>Sends a request to a port and leaves the rest to the caller.</summary>
    public static async Task<RawClient> SendAsync(IPEndPoint endPoint, string request)
    {
        RawClient client = await RawClient.ConnectAsync(endPoint.Address.ToString(), endPoint.Port);
        await client.SendAsync(request);
        return client;
    }

    /// <summary>Opens a WebSocket; its INFO is unread.</summary>
    /// <param name="headers">Further header lines, each with its line end.</param>
    /// <param name="path">The path asked for.</param>
    public Task<RawWebSocket> OpenAsync(string headers = "", string path = "/") => OpenAsync(WebSocketPort, headers, path);

    /// <inheritdoc cref="OpenAsync(string, string)"/>
    public static async Task<RawWebSocket> OpenAsync(IPEndPoint endPoint, string headers = "", string path = "/")
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        RawClient client = await SendAsync(
            endPoint,
            $"GET {path} HTTP/1.1\r\nHost: {endPoint}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n");
        string answer = "";
        while (!answer.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            string line = await client.ReadLineAsync();
            answer += line.Length > 0 ? line : throw new EndOfStreamException(answer);
        }

        return new RawWebSocket(client, answer);
    }

    /// <summary>Opens a WebSocket and takes it through its handshake.</summary>
    public async Task<RawWebSocket> ConnectAsync(string headers = "", string path = "/")
    {
        RawWebSocket socket = await OpenAsync(headers, path);
        await socket.SendAsync("""CONNECT {"verbose":false,"pedantic":false,"headers":true}""" + "\r\nPING\r\n");
        await socket.ReadUntilAsync("PONG\r\n");
        return socket;
    }

    public Task StopAsync() => _application.StopAsync();

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
