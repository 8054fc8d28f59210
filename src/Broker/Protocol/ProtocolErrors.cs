namespace NatsKestrel.Broker.Protocol;

/// <summary>The one table of fixed <c>-ERR</c> texts; texts that quote a subject are made by <see cref="PermissionErrors"/>.</summary>
/// <remarks>Texts as nats-server 2.15.1 sends them, capitals included: client libraries compare them.</remarks>
internal static class ProtocolErrors
{
    /// <summary>The text between the quotes of <c>-ERR</c>, or empty where the server closes without a word.</summary>
    public static ReadOnlySpan<byte> Text(ProtocolError error) => error switch
    {
        ProtocolError.UnknownOperation => "Unknown Protocol Operation"u8,
        ProtocolError.Violation or ProtocolError.ClientReportedError => default,
        ProtocolError.MaxControlLineExceeded => "maximum control line exceeded"u8,
        ProtocolError.MaxPayloadExceeded => "Maximum Payload Violation"u8,
        ProtocolError.InvalidSubject => "Invalid Subject"u8,
        ProtocolError.InvalidPublishSubject => "Invalid Publish Subject"u8,
        ProtocolError.MaxSubscriptionsExceeded => "maximum subscriptions exceeded"u8,
        ProtocolError.AuthorizationViolation => "Authorization Violation"u8,
        ProtocolError.AuthenticationTimeout => "Authentication Timeout"u8,
        ProtocolError.MaxConnectionsExceeded => "maximum connections exceeded"u8,
        ProtocolError.ConnectionThrottled => "Connection throttling is active. Please try again later."u8,
        ProtocolError.InvalidClientProtocol => "invalid client protocol"u8,
        ProtocolError.NoRespondersRequiresHeaders => "no responders requires headers support"u8,
        ProtocolError.StaleConnection => "Stale Connection"u8,
        ProtocolError.MaxAccountConnectionsExceeded => "maximum account active connections exceeded"u8,
        ProtocolError.UserAuthenticationExpired => "User Authentication Expired"u8,
        ProtocolError.AccountAuthenticationExpired => "Account Authentication Expired"u8,
        ProtocolError.UserAuthenticationRevoked => "User Authentication Revoked"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    };
}
