using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Monitoring;

internal static partial class MonitoringLog
{
    [LoggerMessage(6001, LogLevel.Error, "No answer to {Path}.")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string path);

    [LoggerMessage(6002, LogLevel.Warning, "Healthcheck failed: \"{Error}\"")]
    public static partial void HealthCheckFailed(this ILogger logger, string error);

    [LoggerMessage(6003, LogLevel.Warning, "This runs on .NET {Runtime}, which lacks security patches: use {Minimum} or later.")]
    public static partial void RuntimeOutdated(this ILogger logger, Version runtime, Version minimum);
}
