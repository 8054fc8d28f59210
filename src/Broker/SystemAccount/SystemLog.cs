using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.SystemAccount;

internal static partial class SystemLog
{
    [LoggerMessage(9021, LogLevel.Error, "The system account could not do what it was asked for.")]
    public static partial void SystemWorkFailed(this ILogger logger, Exception exception);

    [LoggerMessage(9022, LogLevel.Warning, "{Count} events of the system account were left out: more came than its listeners take.")]
    public static partial void EventsLeftOut(this ILogger logger, long count);

    [LoggerMessage(9023, LogLevel.Information, "Connection {ConnectionId} was closed by a request to the system account.")]
    public static partial void KickedByRequest(this ILogger logger, ulong connectionId);
}
