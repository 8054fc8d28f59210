using Microsoft.Extensions.Logging;

namespace NatsKestrel.Admin;

/// <summary>The console's log lines.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(8001, LogLevel.Error, "The console's look at the broker failed")]
    public static partial void FeedFailed(this ILogger logger, Exception exception);
}
