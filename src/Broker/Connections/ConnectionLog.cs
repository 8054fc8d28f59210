using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Connections;

/// <summary>The log lines about connections, worded and graded as nats-server does.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(1001, LogLevel.Debug, "{Client} - Client connection created")]
    public static partial void ClientCreated(this ILogger logger, ClientConnection client);

    [LoggerMessage(1002, LogLevel.Debug, "{Client} - Client connection closed: {Reason}")]
    public static partial void ClientClosed(this ILogger logger, ClientConnection client, string reason);

    [LoggerMessage(1003, LogLevel.Error, "{Client} - Client parser ERROR: {Error}, proto={Input}")]
    public static partial void ParserError(this ILogger logger, ClientConnection client, string error, string input);

    [LoggerMessage(1004, LogLevel.Warning, "{Count} lines like the next one were left out")]
    public static partial void LinesLeftOut(this ILogger logger, long count);

    [LoggerMessage(1005, LogLevel.Information, "{Client} - Slow Consumer Detected: MaxPending of {MaxPending} Exceeded")]
    public static partial void SlowConsumerPending(this ILogger logger, ClientConnection client, long maxPending);

    [LoggerMessage(1006, LogLevel.Information, "{Client} - Slow Consumer Detected: WriteDeadline of {Deadline} exceeded with {Pending} total bytes.")]
    public static partial void SlowConsumerDeadline(this ILogger logger, ClientConnection client, TimeSpan deadline, long pending);

    [LoggerMessage(1007, LogLevel.Warning, "Closed {Count} slow consumers: all clients together had {Pending} bytes pending, the limit is {Limit}")]
    public static partial void MemoryBudgetExceeded(this ILogger logger, int count, long pending, long limit);

    [LoggerMessage(1008, LogLevel.Warning, "{Client} - Producer was stalled for a total of {Stalled}")]
    public static partial void ProducerStalled(this ILogger logger, ClientConnection client, TimeSpan stalled);

    [LoggerMessage(1009, LogLevel.Debug, "{Client} - Stale Client Connection - Closing")]
    public static partial void StaleConnection(this ILogger logger, ClientConnection client);

    [LoggerMessage(1010, LogLevel.Debug, "{Client} - Client Ping Timer")]
    public static partial void PingTimer(this ILogger logger, ClientConnection client);

    [LoggerMessage(1011, LogLevel.Error, "{Client} - Connection failed")]
    public static partial void ConnectionFailed(this ILogger logger, Exception exception, ClientConnection client);

    [LoggerMessage(1012, LogLevel.Error, "A timer failed")]
    public static partial void TimerFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1013, LogLevel.Error, "maximum connections exceeded ({Limit}); {Refused} connections refused since the last such line")]
    public static partial void MaxConnectionsExceeded(this ILogger logger, int limit, long refused);

    [LoggerMessage(1050, LogLevel.Error, "{Client} - authentication error{User}")]
    public static partial void LoginFailed(this ILogger logger, ClientConnection client, string user);

    [LoggerMessage(1051, LogLevel.Debug, "{Client} - Authentication Timeout")]
    public static partial void LoginTimedOut(this ILogger logger, ClientConnection client);

    [LoggerMessage(1016, LogLevel.Error, "{Client} - Publish Violation - Subject {Subject}")]
    public static partial void PublishViolation(this ILogger logger, ClientConnection client, string subject);

    [LoggerMessage(1017, LogLevel.Error, "{Client} - Subscription Violation - Subject {Subject}, SID {Sid}")]
    public static partial void SubscriptionViolation(this ILogger logger, ClientConnection client, string subject, string sid);

    [LoggerMessage(1018, LogLevel.Debug, "{Client} - User Authentication Expired")]
    public static partial void LoginExpired(this ILogger logger, ClientConnection client);

    [LoggerMessage(1019, LogLevel.Error, "{Client} - TLS handshake error: {Reason}")]
    public static partial void HandshakeFailed(this ILogger logger, ClientConnection client, string reason);

    [LoggerMessage(1052, LogLevel.Information, "{Client} - Removed sub {Subject} (sid {Sid}) for User \"{User}\" - not authorized")]
    public static partial void SubscriptionRevoked(this ILogger logger, ClientConnection client, string subject, string sid, string user);

    [LoggerMessage(1014, LogLevel.Information, "Closed {Count} connections to fall within max_connections")]
    public static partial void ClosedSurplus(this ILogger logger, int count);

    [LoggerMessage(1015, LogLevel.Trace, "{Client} - {Text}")]
    public static partial void Traced(this ILogger logger, ClientConnection client, string text);

    [LoggerMessage(1020, LogLevel.Information, "Starting nats-server")]
    public static partial void Starting(this ILogger logger);

    [LoggerMessage(1021, LogLevel.Information, "  Version:  {Version}")]
    public static partial void StartVersion(this ILogger logger, string version);

    [LoggerMessage(1037, LogLevel.Information, "  Git:      [not set]")]
    public static partial void StartGit(this ILogger logger);

    [LoggerMessage(1038, LogLevel.Information, "  Product:  NatsKestrel {OwnVersion}")]
    public static partial void StartProduct(this ILogger logger, string ownVersion);

    [LoggerMessage(1039, LogLevel.Information, "Using configuration file: {Path} ({Digest})")]
    public static partial void UsingFile(this ILogger logger, string path, string digest);

    [LoggerMessage(1040, LogLevel.Information, "Reloaded server configuration{Digest}")]
    public static partial void Reloaded(this ILogger logger, string digest);

    [LoggerMessage(1041, LogLevel.Error, "Failed to reload server configuration: {Reason}")]
    public static partial void ReloadFailed(this ILogger logger, string reason);

    [LoggerMessage(1042, LogLevel.Information, "{Item}")]
    public static partial void ReloadedItem(this ILogger logger, string item);

    [LoggerMessage(1043, LogLevel.Information, "File log re-opened")]
    public static partial void LogReopened(this ILogger logger);

    [LoggerMessage(1044, LogLevel.Information, "File log re-open ignored, not a file logger")]
    public static partial void LogNotReopened(this ILogger logger);

    [LoggerMessage(1045, LogLevel.Critical, "{Reason}")]
    public static partial void CannotStart(this ILogger logger, string reason);

    [LoggerMessage(1046, LogLevel.Information, "Starting {Scheme} monitor on {EndPoint}")]
    public static partial void StartingMonitor(this ILogger logger, string scheme, string endPoint);

    [LoggerMessage(1047, LogLevel.Information, "Open as in nats-server, closed by --strict: {Settings}")]
    public static partial void OpenSettings(this ILogger logger, string settings);

    [LoggerMessage(1048, LogLevel.Error, "Error writing {What}: {Reason}")]
    public static partial void FileFailed(this ILogger logger, string what, string reason);

    [LoggerMessage(1022, LogLevel.Information, "  Name:     {Name}")]
    public static partial void StartName(this ILogger logger, string name);

    [LoggerMessage(1023, LogLevel.Information, "  ID:       {Id}")]
    public static partial void StartId(this ILogger logger, string id);

    [LoggerMessage(1024, LogLevel.Information, "Listening for client connections on {EndPoint}")]
    public static partial void Listening(this ILogger logger, string endPoint);

    [LoggerMessage(1025, LogLevel.Information, "Server is ready")]
    public static partial void Ready(this ILogger logger);

    [LoggerMessage(1026, LogLevel.Information, "Memory limit {MemoryLimit} bytes; at most {PendingLimit} bytes may wait for all clients together")]
    public static partial void MemoryLimit(this ILogger logger, long memoryLimit, long pendingLimit);

    [LoggerMessage(1027, LogLevel.Information, "At most {Connections} client connections ({Descriptors} descriptors may be open, {InUse} are)")]
    public static partial void ConnectionLimit(this ILogger logger, int connections, long descriptors, long inUse);

    [LoggerMessage(1028, LogLevel.Warning, "Listening without authentication on {EndPoint}, which other machines can reach")]
    public static partial void OpenToOthers(this ILogger logger, string endPoint);

    [LoggerMessage(1029, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger logger, string warning);

    [LoggerMessage(1035, LogLevel.Information, "Trapped \"{Signal}\" signal")]
    public static partial void SignalReceived(this ILogger logger, string signal);

    [LoggerMessage(1036, LogLevel.Error, "Lame duck mode failed, the server stops now")]
    public static partial void LeavingFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1030, LogLevel.Information, "Entering lame duck mode, stop accepting new clients")]
    public static partial void LameDuck(this ILogger logger);

    [LoggerMessage(1031, LogLevel.Information, "Closing existing clients")]
    public static partial void ClosingClients(this ILogger logger);

    [LoggerMessage(1032, LogLevel.Information, "Initiating Shutdown...")]
    public static partial void ShuttingDown(this ILogger logger);

    [LoggerMessage(1033, LogLevel.Information, "Server Exiting..")]
    public static partial void Exiting(this ILogger logger);

    [LoggerMessage(1034, LogLevel.Error, "Self-test failed {Count} times in a row: a message did not come back within {Limit}")]
    public static partial void SelfTestFailed(this ILogger logger, int count, TimeSpan limit);

    [LoggerMessage(1049, LogLevel.Error, "Accounts could not be looked at again when an activation token had expired")]
    public static partial void ExpiryFailed(this ILogger logger, Exception exception);
}
