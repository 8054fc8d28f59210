using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration.NatsConf;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker;

/// <summary>The first lines of the log: what starts, in nats-server's words and order.</summary>
internal sealed class StartLines(IConfiguration configuration, ServerIdentity identity, ILogger<NatsServer> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        logger.Starting();
        logger.StartVersion(ServerIdentity.Version);
        logger.StartGit();
        logger.StartProduct(ServerIdentity.OwnVersion);
        logger.StartName(identity.ServerName);
        logger.StartId(identity.ServerId);
        if (configuration.FindNatsConf() is { } file)
        {
            identity.SetConfiguration(identity.Start, file.Digest ?? "");
            logger.UsingFile(file.Path, file.Digest ?? "");
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
