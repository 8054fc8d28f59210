using Microsoft.Extensions.Logging;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>The log lines about WebSockets, worded and graded as nats-server does.</summary>
internal static partial class WebSocketLog
{
    [LoggerMessage(7001, LogLevel.Information, "Listening for websocket clients on {Address}")]
    public static partial void Listening(this ILogger logger, string address);

    [LoggerMessage(7002, LogLevel.Warning, "Websocket not configured with TLS. DO NOT USE IN PRODUCTION!")]
    public static partial void NotSecure(this ILogger logger);

    [LoggerMessage(7003, LogLevel.Debug, "{Remote} - websocket handshake error: {Status}")]
    public static partial void Refused(this ILogger logger, string remote, int status);

    [LoggerMessage(7005, LogLevel.Error, "websocket: TLS handshake error from {Remote}: {Reason}")]
    public static partial void HandshakeFailed(this ILogger logger, string remote, string reason);

    [LoggerMessage(7004, LogLevel.Warning, "{Count} websocket clients refused for their origin since the last such line, the latest from {Origin}; see Nats:WebSocket:AllowedOrigins")]
    public static partial void OriginRefused(this ILogger logger, long count, string origin);
}
