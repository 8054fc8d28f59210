namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>The ways into the server that a user may be held to.</summary>
[Flags]
internal enum ConnectionTypes
{
    None = 0,
    Standard = 1,
    WebSocket = 2,
    LeafNode = 4,
    LeafNodeOverWebSocket = 8,
    Mqtt = 16,
    MqttOverWebSocket = 32,
    InProcess = 64,
    All = 127,
}
