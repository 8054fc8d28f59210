namespace NatsKestrel.Broker.Connections;

/// <summary>Why a connection ended: exactly one for each, the same in log, metrics and <c>/connz?state=closed</c>.</summary>
internal enum CloseReason
{
    None,
    ClientClosed,
    AuthenticationTimeout,
    AuthenticationFailure,
    SlowConsumerPendingBytes,
    SlowConsumerWriteDeadline,
    WriteError,
    ReadError,
    ParseError,
    StaleConnection,
    ProtocolViolation,
    BadClientProtocolVersion,
    MaxConnectionsExceeded,
    MaxPayloadExceeded,
    MaxControlLineExceeded,
    ServerShutdown,
    NoRespondersRequiresHeaders,
    Kicked,
    InternalError,
    MaxAccountConnectionsExceeded,
    AuthenticationExpired,
    CredentialsRevoked,
    MissingAccount,
    TlsHandshakeFailure,
}
