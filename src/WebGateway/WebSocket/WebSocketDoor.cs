using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Transport.Tls;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>Lets clients in that come as WebSockets: checks the request, upgrades it, and serves them as any other.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The pool of blocks is the broker's; there is nothing to dispose of.")]
internal sealed class WebSocketDoor
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly NatsWebSocketOptions _options;
    private readonly OriginRules _origins;
    private readonly ClientConnectionHandler _clients;
    private readonly ConnectionServices _services;
    private readonly ServerHealth _health;
    private readonly WebSocketPort _port;
    private readonly BlockMemoryPool _memory;
    private readonly LogLimiter _refusals;
    private readonly ILogger _logger;

    public WebSocketDoor(
        NatsBrokerOptions options,
        ClientConnectionHandler clients,
        ConnectionServices services,
        ServerHealth health,
        WebSocketPort port,
        OriginRules origins,
        IHostApplicationLifetime lifetime,
        ILogger<WebSocketDoor> logger)
    {
        _options = options.WebSocket;
        _origins = origins;
        _clients = clients;
        _services = services;
        _health = health;
        _port = port;
        _memory = new BlockMemoryPool(services.Pool);
        _refusals = new LogLimiter(services.Time);
        _logger = logger;

        // An HTTP server waits for its requests before it stops, and each of these clients is one.
        lifetime.ApplicationStopping.Register(CloseAll);
    }

    /// <summary>Serves one request: a client's whole life, where it is let in.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        var request = new UpgradeRequest(http);
        int refusal = _health.IsLameDuck ? StatusCodes.Status503ServiceUnavailable : request.Check(_origins);
        if (refusal != 0)
        {
            await RefuseAsync(http, refusal).ConfigureAwait(false);
            return;
        }

        bool withCompression = _options.Compression && request.OffersCompression;
        IDuplexPipe? transport = await UpgradeAsync(http, request, withCompression).ConfigureAwait(false);
        if (transport is null || http.Request.Path.Value!.EndsWith("/leafnode", StringComparison.Ordinal))
        {
            return; // no leaf nodes over WebSocket: closed right after the upgrade, as where they are not configured
        }

        await ServeAsync(http, request, transport, withCompression).ConfigureAwait(false);
    }

    private async Task ServeAsync(HttpContext http, UpgradeRequest request, IDuplexPipe transport, bool withCompression)
    {
        var writer = new WebSocketWriter(transport.Output, _services.Pool, request.IsBrowser, withCompression);
        using MessageInflater? inflater = withCompression ? new MessageInflater(_services.Settings.MaxPayload) : null;
        var decoder = new FrameDecoder(expectsMask: !request.IsUnmasked, inflater) { Pinged = writer.SendPong };
        var reader = new WebSocketReader(transport.Input, decoder, _memory);
        await using var connection = new WebSocketConnection(http, reader, writer);
        connection.Features.Set(Door(http));
        try
        {
            CloseReason reason = await _clients.ServeAsync(connection, "websocket").ConfigureAwait(false);
            Task goodbye = SayGoodbyeAsync(writer, decoder, reason);
            await goodbye.WaitAsync(LastWords, _services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!goodbye.IsCompletedSuccessfully)
            {
                http.Abort();
            }

            await goodbye.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static async Task SayGoodbyeAsync(WebSocketWriter writer, FrameDecoder decoder, CloseReason reason)
    {
        if (decoder.IsClosed)
        {
            await writer.SendCloseAsync(decoder.CloseStatus, decoder.CloseReason).ConfigureAwait(false);
        }
        else if (decoder.Violation is { } violation)
        {
            await writer.SendCloseAsync(violation.Status, Encoding.UTF8.GetBytes(violation.Message)).ConfigureAwait(false);
        }
        else if (CloseStatuses.For(reason) is not 0 and var status)
        {
            await writer.SendCloseAsync(status, Encoding.UTF8.GetBytes(reason.Text())).ConfigureAwait(false);
        }

        await writer.Pongs.ConfigureAwait(false);
    }

    private ClientDoor Door(HttpContext http)
    {
        bool isOwnPort = http.Connection.LocalPort == _port.EndPoint?.Port;
        var handshake = http.Features.Get<ITlsHandshakeFeature>();
        return new ClientDoor
        {
            LogId = "wid",
            Host = isOwnPort ? InfoSource.Shown(_options.Host) : http.Connection.LocalIpAddress?.ToString(),
            Port = http.Connection.LocalPort,
            IsSecure = http.Request.IsHttps,
            Tls = http.Features.Get<TlsSession>(),
            TlsVersion = handshake is null ? null : TlsSession.Name(handshake.Protocol),
            TlsCipherSuite = handshake?.NegotiatedCipherSuite?.ToString(),
            PingInterval = IfSet(_options.PingInterval),
            PingTimeout = IfSet(_options.PingTimeout),
            LoginTimeout = IfSet(_options.Authorization.Timeout),
            Jwt = Cookie(http, _options.JwtCookie),
            User = Cookie(http, _options.UserCookie),
            Password = Cookie(http, _options.PassCookie),
            Token = Cookie(http, _options.TokenCookie),
        };
    }

    private static TimeSpan? IfSet(TimeSpan time) => time > TimeSpan.Zero ? time : null;

    private static string Cookie(HttpContext http, string name) => name.Length == 0 ? "" : http.Request.Cookies[name] ?? "";

    private async Task<IDuplexPipe?> UpgradeAsync(HttpContext http, UpgradeRequest request, bool withCompression)
    {
        IDuplexPipe? transport = request.IsExtendedConnect ? null : http.Features.Get<IConnectionTransportFeature>()?.Transport;
        if (transport is not null && HasMore(transport.Input))
        {
            http.Abort(); // it did not wait for the answer
            return null;
        }

        request.Accept(withCompression, _options.Headers);
        try
        {
            Stream stream = request.IsExtendedConnect
                ? await http.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync().ConfigureAwait(false)
                : await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);

            // Below HTTP, where there is such a place: one layer and two copies less.
            return transport ?? new StreamPipe(stream);
        }
        catch (InvalidOperationException) when (!http.Response.HasStarted)
        {
            // The server has as many upgraded connections as it may have.
            http.Response.Headers.Clear();
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return null;
        }
    }

    private static bool HasMore(PipeReader input)
    {
        if (!input.TryRead(out ReadResult read))
        {
            return false;
        }

        bool hasMore = !read.Buffer.IsEmpty;
        input.AdvanceTo(read.Buffer.Start);
        return hasMore;
    }

    private async Task RefuseAsync(HttpContext http, int status)
    {
        _logger.Refused($"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}", status);
        if (status == StatusCodes.Status403Forbidden && _refusals.TryPass(out long count))
        {
            _logger.OriginRefused(count, GoQuote.Text(Encoding.UTF8.GetBytes(Start(http.Request.Headers.Origin.ToString()))));
        }

        http.Response.StatusCode = status;
        http.Response.Headers["Sec-Websocket-Version"] = "13";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.ContentType = "text/plain; charset=utf-8";
        string text = ReasonPhrases.GetReasonPhrase(status) + "\n";
        http.Response.ContentLength = text.Length;
        await http.Response.WriteAsync(text).ConfigureAwait(false);
    }

    private static string Start(string text) => text.Length <= 64 ? text : text[..64];

    private void CloseAll()
    {
        foreach (ClientConnection client in _services.Registry.Open.Where(client => client.Type == "websocket"))
        {
            client.Close(CloseReason.ServerShutdown);
        }
    }
}
