using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Warns at start where the program runs on a runtime older than the one it was released with.</summary>
internal sealed class RuntimeCheck(Version runtime, ILogger<RuntimeCheck> logger) : IHostedService
{
    /// <summary>The latest security patch when this was released; raised with each release.</summary>
    public static readonly Version Minimum = new(10, 0, 12);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (runtime < Minimum)
        {
            logger.RuntimeOutdated(runtime, Minimum);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
