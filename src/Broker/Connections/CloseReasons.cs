namespace NatsKestrel.Broker.Connections;

internal static class CloseReasons
{
    /// <summary>The text that monitoring and log show, as nats-server 2.15.1 words it.</summary>
    public static string Text(this CloseReason reason) => reason switch
    {
        CloseReason.ClientClosed => "Client Closed",
        CloseReason.AuthenticationTimeout => "Authentication Timeout",
        CloseReason.AuthenticationFailure => "Authentication Failure",
        CloseReason.SlowConsumerPendingBytes => "Slow Consumer (Pending Bytes)",
        CloseReason.SlowConsumerWriteDeadline => "Slow Consumer (Write Deadline)",
        CloseReason.WriteError => "Write Error",
        CloseReason.ReadError => "Read Error",
        CloseReason.ParseError => "Parse Error",
        CloseReason.StaleConnection => "Stale Connection",
        CloseReason.ProtocolViolation => "Protocol Violation",
        CloseReason.BadClientProtocolVersion => "Bad Client Protocol Version",
        CloseReason.MaxConnectionsExceeded => "Maximum Connections Exceeded",
        CloseReason.MaxPayloadExceeded => "Maximum Message Payload Exceeded",
        CloseReason.MaxControlLineExceeded => "Maximum Control Line Exceeded",
        CloseReason.ServerShutdown => "Server Shutdown",
        CloseReason.NoRespondersRequiresHeaders => "No Responders Requires Headers",
        CloseReason.Kicked => "Kicked",
        CloseReason.InternalError => "Internal Client",
        CloseReason.MaxAccountConnectionsExceeded => "Maximum Account Connections Exceeded",
        CloseReason.AuthenticationExpired => "Authentication Expired",
        CloseReason.CredentialsRevoked => "Credentials Revoked",
        CloseReason.MissingAccount => "Missing Account",
        CloseReason.TlsHandshakeFailure => "TLS Handshake Failure",
        _ => "Unknown State",
    };

    /// <summary>True where the connection was cut because it took its messages too slowly.</summary>
    public static bool IsSlowConsumer(this CloseReason reason) =>
        reason is CloseReason.SlowConsumerPendingBytes or CloseReason.SlowConsumerWriteDeadline;

    /// <summary>True where unsent output is thrown away; every other ending flushes once first.</summary>
    public static bool DiscardsOutput(this CloseReason reason) =>
        reason.IsSlowConsumer() || reason is CloseReason.ReadError or CloseReason.WriteError or CloseReason.TlsHandshakeFailure;
}
