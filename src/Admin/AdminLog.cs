using Microsoft.Extensions.Logging;

namespace NatsKestrel.Admin;

/// <summary>The console's log lines.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(8001, LogLevel.Error, "The console's look at the broker failed")]
    public static partial void FeedFailed(this ILogger logger, Exception exception);

    [LoggerMessage(8002, LogLevel.Information, "Audit: {User} from {Address}: {Act}: {Outcome}")]
    public static partial void Audit(this ILogger logger, string user, string address, string act, string outcome);

    [LoggerMessage(8003, LogLevel.Information, "A link for the console was asked for. It signs in once, within an hour: {Link}")]
    public static partial void SignInLink(this ILogger logger, string link);
}
