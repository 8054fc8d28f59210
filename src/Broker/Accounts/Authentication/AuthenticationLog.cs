using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>The log lines about logins.</summary>
internal static partial class AuthenticationLog
{
    [LoggerMessage(2001, LogLevel.Error, "cid:{ConnectionId} - The application's authenticator failed; the client is refused")]
    public static partial void DeciderFailed(this ILogger logger, Exception exception, ulong connectionId);

    [LoggerMessage(2002, LogLevel.Warning, "cid:{ConnectionId} - Auth callout in account \"{Account}\" refused the client: {Problem}")]
    public static partial void CalloutRefused(this ILogger logger, ulong connectionId, string account, string problem);
}
