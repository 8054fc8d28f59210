using System.Net;

namespace NatsKestrel.Broker.Connections;

/// <summary>Where WebSocket clients connect: what monitoring and INFO tell of it.</summary>
internal sealed class WebSocketPort
{
    /// <summary>The address with the real port; null where there is no such port.</summary>
    public IPEndPoint? EndPoint { get; set; }

    /// <summary>The host and port that clients are told.</summary>
    public (string Host, int Port) Advertised { get; set; }
}
