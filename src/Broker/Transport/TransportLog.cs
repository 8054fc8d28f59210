using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Transport;

internal static partial class TransportLog
{
    [LoggerMessage(9011, LogLevel.Error, "Error accepting connections: {Error}; next try in {BackOff}")]
    public static partial void AcceptFailed(this ILogger logger, SocketError error, TimeSpan backOff);

    [LoggerMessage(9012, LogLevel.Error, "The socket loop caught what a connection should have")]
    public static partial void LoopFailed(this ILogger logger, Exception exception);
}
