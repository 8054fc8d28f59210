using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Broker.Transport.Tls;

namespace NatsKestrel.Broker.Connections;

/// <summary>What all connections of a server share.</summary>
internal sealed record ConnectionServices(
    LiveSettings Live,
    AccountDirectory Accounts,
    Authenticator Authenticator,
    ConnectionRegistry Registry,
    SlowConsumers SlowConsumers,
    InfoSource Info,
    ServerDescriber Describer,
    TimerWheel Wheel,
    BlockPool Pool,
    TlsContextSource Tls,
    TimeProvider Time,
    ILogger<ClientConnection> Logger)
{
    /// <summary>The settings in force.</summary>
    public ConnectionSettings Settings => Live.Current;

    /// <summary>Bounds the lines about what clients send wrongly.</summary>
    public LogLimiter ErrorLog { get; } = new(Time);

    /// <summary>Bounds the lines about logins that failed.</summary>
    public LogLimiter LoginLog { get; } = new(Time);

    /// <summary>Bounds the lines about TLS handshakes that failed.</summary>
    public LogLimiter TlsLog { get; } = new(Time);

    /// <summary>Bounds the lines about what clients were not permitted.</summary>
    public LogLimiter PermissionLog { get; } = new(Time);

    /// <summary>Bounds the lines about receivers that were cut for being slow.</summary>
    public LogLimiter SlowConsumerLog { get; } = new(Time);

    /// <summary>Bounds the lines about publishers that were held back.</summary>
    public LogLimiter StallLog { get; } = new(Time);

    /// <summary>Bounds the lines about connections that failed for a reason of our own.</summary>
    public LogLimiter FailureLog { get; } = new(Time);

    /// <summary>True where a line of that kind may be written now; the log then says how many were not.</summary>
    public bool MayLog(LogLimiter kind)
    {
        if (!kind.TryPass(out long count))
        {
            return false;
        }

        if (count > 1)
        {
            Logger.LinesLeftOut(count - 1);
        }

        return true;
    }
}
