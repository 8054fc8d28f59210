using System.Net;

namespace NatsKestrel.Broker.Connections;

/// <summary>Where WebSocket clients connect: what monitoring and INFO tell of it.</summary>
internal sealed class WebSocketPort
{
    /// <summary>The address with the real port; null where there is no such port.</summary>
    public IPEndPoint? EndPoint { get; set; }

    /// <summary>True where it speaks <c>wss</c>.</summary>
    public bool IsSecure { get; set; }

    /// <summary>The same as clients write it: <c>ws://127.0.0.1:9222</c>; null where there is no such port.</summary>
    public string? Uri => EndPoint is null ? null : $"{(IsSecure ? "wss" : "ws")}://{EndPoint}";
}
