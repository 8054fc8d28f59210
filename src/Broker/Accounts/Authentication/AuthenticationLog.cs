using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>The log lines about logins.</summary>
internal static partial class AuthenticationLog
{
    [LoggerMessage(2001, LogLevel.Error, "cid:{ConnectionId} - The application's authenticator failed; the client is refused")]
    public static partial void DeciderFailed(this ILogger logger, Exception exception, ulong connectionId);
}
