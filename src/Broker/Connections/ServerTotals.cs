namespace NatsKestrel.Broker.Connections;

/// <summary>What the server (or one account) has done since its start, summed over open and closed connections.</summary>
internal readonly record struct ServerTotals(
    int Connections,
    ulong TotalConnections,
    long InMessages,
    long InBytes,
    long OutMessages,
    long OutBytes,
    long SlowConsumers,
    long StaleConnections,
    long Stalls);
