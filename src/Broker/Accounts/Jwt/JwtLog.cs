using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>The log lines about account JWTs.</summary>
internal static partial class JwtLog
{
    [LoggerMessage(2010, LogLevel.Error, "{Problem}")]
    public static partial void ClaimsRefused(this ILogger logger, string problem);

    [LoggerMessage(2011, LogLevel.Error, "DirResolver - Update for account \"{Account}\" resulted in error account validation failed")]
    public static partial void UpdateIgnored(this ILogger logger, string account);
}
