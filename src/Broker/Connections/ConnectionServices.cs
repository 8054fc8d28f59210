using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.Broker.Connections;

/// <summary>What all connections of a server share.</summary>
internal sealed record ConnectionServices(
    ConnectionSettings Settings,
    AccountDirectory Accounts,
    ConnectionRegistry Registry,
    SlowConsumers SlowConsumers,
    InfoSource Info,
    TimerWheel Wheel,
    BlockPool Pool,
    TimeProvider Time,
    ILogger<ClientConnection> Logger)
{
    /// <summary>Bounds the log lines that clients can provoke.</summary>
    public LogLimiter ErrorLog { get; } = new(Time);
}
