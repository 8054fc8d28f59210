using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Connections;

/// <summary>Gives connections new limits and times while they are open.</summary>
internal sealed class ConnectionReload(
    LiveSettings live, ConnectionRegistry registry, DescriptorBudget descriptors, ILogger<ConnectionReload> logger) : IReloadable
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } =
    [
        "Nats:Limits:MaxConnections",
        "Nats:Limits:MaxUnauthenticated",
        "Nats:Limits:MaxPayload",
        "Nats:Limits:MaxControlLine",
        "Nats:Authorization:Timeout",
        "Nats:Tls:Timeout",
        "Nats:KeepAlive:PingInterval",
        "Nats:KeepAlive:PingMax",
        "Nats:SlowConsumers:WriteDeadline",
        "Nats:SlowConsumers:NoFastProducerStall",
    ];

    /// <inheritdoc/>
    public ReloadStep? Prepare(ReloadChange change)
    {
        NatsBrokerOptions next = change.Next;
        int maxConnections = DescriptorBudget.Compute(descriptors.Limit, descriptors.InUse, next.Limits.MaxConnections, next.Http.MaxConnections).MaxConnections;
        ConnectionSettings settings = ConnectionSettings.From(next, maxConnections, live.Current.MaxPendingTotal);
        return new ReloadStep(() => Apply(settings));
    }

    private void Apply(ConnectionSettings settings)
    {
        live.Current = settings;

        // One that comes in just now reads the new settings by itself, after it has registered.
        foreach (ClientConnection client in registry.Open)
        {
            client.Settings = settings;
        }

        CloseSurplus(settings.MaxConnections);
    }

    private void CloseSurplus(int maxConnections)
    {
        int surplus = registry.Count - maxConnections;
        if (surplus <= 0)
        {
            return;
        }

        ClientConnection[] clients = [.. registry.Open];
        Random.Shared.Shuffle(clients);
        foreach (ClientConnection client in clients.Take(surplus))
        {
            client.Close(Protocol.ProtocolError.MaxConnectionsExceeded, CloseReason.MaxConnectionsExceeded);
        }

        logger.ClosedSurplus(surplus);
    }
}
