using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>A WebSocket as the broker knows connections: a pipe of bytes each way.</summary>
internal sealed class WebSocketConnection : ConnectionContext, IDuplexPipe
{
    private readonly HttpContext _http;

    public WebSocketConnection(HttpContext http, WebSocketReader reader, WebSocketWriter writer)
    {
        _http = http;
        Reader = reader;
        Writer = writer;
        Transport = this;
        IPAddress? address = http.Connection.RemoteIpAddress;
        RemoteEndPoint = address is null ? null
            : new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, http.Connection.RemotePort);
    }

    public WebSocketReader Reader { get; }

    public WebSocketWriter Writer { get; }

    public PipeReader Input => Reader;

    public PipeWriter Output => Writer;

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId { get => _http.Connection.Id; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get => _http.Items; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed { get => _http.RequestAborted; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _http.Abort();
}
