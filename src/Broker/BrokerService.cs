using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.SystemAccount;

namespace NatsKestrel.Broker;

/// <summary>Starts and stops the broker with the application that hosts it.</summary>
internal sealed class BrokerService(
    NatsBrokerOptions options,
    NatsServer server,
    DescriptorBudget descriptors,
    MemoryLimits memory,
    ConnectionServices services,
    ClientListener listener,
    ServerHealth health,
    MemoryTrimmer trimmer,
    SystemService system,
    ILogger<NatsServer> logger) : IHostedService
{
    private static readonly TimeSpan ShutdownFlush = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ClosedPoll = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        logger.MemoryLimit(memory.AvailableBytes, memory.PendingBytes);
        logger.ConnectionLimit(descriptors.MaxConnections, descriptors.Limit ?? -1, descriptors.InUse);
        foreach (string warning in OptionWarnings.For(options))
        {
            logger.ConfigurationWarning(warning);
        }

        system.Start();
        IPEndPoint endPoint = await ListenAsync(cancellationToken).ConfigureAwait(false);
        services.Info.Port = endPoint.Port;
        server.ListenUri = new Uri($"nats://{endPoint}");
        server.ClientUri = new Uri($"nats://{Reachable(endPoint)}");
        health.IsListening = true;
        trimmer.Start();
        logger.Listening(endPoint.ToString());
        if (!IPAddress.IsLoopback(endPoint.Address) && !services.Authenticator.IsRequired)
        {
            logger.OpenToOthers(endPoint.ToString());
        }

        logger.Ready();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        logger.ShuttingDown();
        health.IsListening = false;
        await system.StopAsync().ConfigureAwait(false);
        await listener.StopAcceptingAsync().ConfigureAwait(false);
        CloseClients();

        // Each client flushes for two seconds at most; Kestrel would abort those that it finds open.
        long start = services.Time.GetTimestamp();
        while (services.Registry.Count > 0 && services.Time.GetElapsedTime(start) < ShutdownFlush)
        {
            await Task.Delay(ClosedPoll, services.Time, CancellationToken.None).ConfigureAwait(false);
            CloseClients();
        }

        await listener.StopAsync(cancellationToken).ConfigureAwait(false);
        logger.Exiting();
    }

    // Also those that were accepted just before the listener closed, and came in since.
    private void CloseClients()
    {
        foreach (ClientConnection client in services.Registry.Open)
        {
            client.Close(CloseReason.ServerShutdown);
        }

        foreach (ILocalConnection client in services.Registry.Local)
        {
            client.Close(CloseReason.ServerShutdown);
        }
    }

    private async Task<IPEndPoint> ListenAsync(CancellationToken cancellationToken)
    {
        if (!ListenAddress.TryParse(options.Host, out IPAddress? address))
        {
            throw new ServerStartException($"Cannot listen on {options.Host}: it is no address.");
        }

        try
        {
            return await listener.StartAsync(new IPEndPoint(address, options.Port), descriptors.ListenerCeiling, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            throw ServerStartException.CannotListen(options.Host, options.Port, exception);
        }
    }

    private static string Reachable(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any) ? $"localhost:{endPoint.Port}" : endPoint.ToString();
}
