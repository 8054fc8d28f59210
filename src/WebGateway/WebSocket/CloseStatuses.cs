using NatsKestrel.Broker.Connections;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>The numbers in Close frames.</summary>
internal static class CloseStatuses
{
    public const int GoingAway = 1001;
    public const int ProtocolError = 1002;
    public const int InvalidPayload = 1007;
    public const int PolicyViolation = 1008;
    public const int MessageTooBig = 1009;
    public const int InternalError = 1011;

    /// <summary>True for what may stand in a client's Close frame (RFC 6455, section 7.4).</summary>
    public static bool IsValid(int status) => status is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>What a client is told that did not close by itself, as nats-server 2.15.1 does; 0 where no Close frame is sent.</summary>
    public static int For(CloseReason reason) => reason switch
    {
        CloseReason.ClientClosed or CloseReason.WriteError => 0,
        _ when reason.IsSlowConsumer() => 0,
        CloseReason.AuthenticationTimeout or CloseReason.AuthenticationFailure or CloseReason.MaxConnectionsExceeded
            or CloseReason.MaxControlLineExceeded => PolicyViolation,
        CloseReason.MaxPayloadExceeded => MessageTooBig,
        CloseReason.BadClientProtocolVersion or CloseReason.ParseError or CloseReason.ProtocolViolation or CloseReason.ReadError => ProtocolError,
        CloseReason.StaleConnection or CloseReason.ServerShutdown => GoingAway,
        _ => InternalError,
    };
}
