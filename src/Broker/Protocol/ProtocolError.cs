namespace NatsKestrel.Broker.Protocol;

/// <summary>What a client did wrong; <see cref="ProtocolErrors"/> says what it is told and whether that ends the connection.</summary>
internal enum ProtocolError
{
    /// <summary>A line that is no operation, or a payload not ended by CR LF.</summary>
    UnknownOperation,

    /// <summary>Wrong argument count, unreadable size, bad JSON, headers without negotiation: closed without a word.</summary>
    Violation,

    /// <summary>The client sent <c>-ERR</c>: closed without a word.</summary>
    ClientReportedError,

    MaxControlLineExceeded,
    MaxPayloadExceeded,
    InvalidSubject,
    InvalidPublishSubject,
    MaxSubscriptionsExceeded,
    AuthorizationViolation,
    AuthenticationTimeout,
    MaxConnectionsExceeded,
    ConnectionThrottled,
    InvalidClientProtocol,
    NoRespondersRequiresHeaders,
    StaleConnection,
    MaxAccountConnectionsExceeded,
    UserAuthenticationExpired,
    AccountAuthenticationExpired,
    UserAuthenticationRevoked,
}
