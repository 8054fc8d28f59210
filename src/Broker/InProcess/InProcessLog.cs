using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.InProcess;

/// <summary>The log lines about in-process clients.</summary>
internal static partial class InProcessLog
{
    [LoggerMessage(9001, LogLevel.Information, "{Client} - Slow Consumer Detected: the subscription to {Subject} is full")]
    public static partial void LocalSlowConsumer(this ILogger logger, InProcessClient client, string subject);

    [LoggerMessage(9002, LogLevel.Error, "{Client} - The callback of the subscription to {Subject} failed")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception, InProcessClient client, string subject);
}
