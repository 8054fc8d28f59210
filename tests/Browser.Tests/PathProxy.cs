using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Browser.Tests;

/// <summary>A reverse proxy as operators have it: puts another server below a path of its own, WebSockets included.</summary>
internal sealed class PathProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None });
    private readonly WebApplication _app;
    private readonly string _path;
    private readonly Uri _target;

    private PathProxy(string path, Uri target)
    {
        _path = path;
        _target = target;
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Map(path, branch => branch.Run(ForwardAsync));
    }

    /// <summary>Where browsers find it.</summary>
    public Uri Uri => new(new Uri(_app.Urls.First()), _path + "/");

    public static async Task<PathProxy> StartAsync(string path, Uri target)
    {
        var proxy = new PathProxy(path, target);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private Task ForwardAsync(HttpContext context)
    {
        var address = new UriBuilder(_target) { Path = context.Request.Path, Query = context.Request.QueryString.Value };
        return context.WebSockets.IsWebSocketRequest ? ForwardSocketAsync(context, address) : ForwardRequestAsync(context, address.Uri);
    }

    private async Task ForwardRequestAsync(HttpContext context, Uri address)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), address);
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, value) in Headers(context))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task ForwardSocketAsync(HttpContext context, UriBuilder address)
    {
        address.Scheme = "ws";
        using var there = new ClientWebSocket();
        foreach (var (name, value) in Headers(context).Where(header => !header.Name.StartsWith("Sec-WebSocket", StringComparison.OrdinalIgnoreCase)))
        {
            there.Options.SetRequestHeader(name, value);
        }

        await there.ConnectAsync(address.Uri, context.RequestAborted);
        using WebSocket here = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            await await Task.WhenAny(PumpAsync(here, there, context.RequestAborted), PumpAsync(there, here, context.RequestAborted));
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // Either side went away.
        }
    }

    private static async Task PumpAsync(WebSocket from, WebSocket to, CancellationToken stop)
    {
        byte[] buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer.AsMemory(), stop) is { MessageType: not WebSocketMessageType.Close } part)
        {
            await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, stop);
        }
    }

    // What a proxy passes on, and what it adds.
    private IEnumerable<(string Name, string Value)> Headers(HttpContext context) => context.Request.Headers
        .Where(header => header.Key is not ("Host" or "Connection" or "Upgrade" or "Transfer-Encoding") && !header.Key.StartsWith(':'))
        .Select(header => (header.Key, header.Value.ToString()))
        .Append(("X-Forwarded-For", "192.0.2.1"))
        .Append(("X-Forwarded-Proto", "http"))
        .Append(("X-Forwarded-Host", context.Request.Host.Value!))
        .Append(("X-Forwarded-Prefix", _path));
}
