namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>The names of <see cref="ConnectionTypes"/> in settings, JWTs and monitoring.</summary>
internal static class ConnectionTypeNames
{
    /// <summary>Reads names in any letter case.</summary>
    /// <returns>All ways for an empty list; none where every name is unknown.</returns>
    public static ConnectionTypes Parse(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? ConnectionTypes.All : names.Aggregate(ConnectionTypes.None, static (types, name) => types | Parse(name));

    /// <summary>What monitoring calls the way a client came in by.</summary>
    public static ConnectionTypes OfClient(string monitoringType) => monitoringType switch
    {
        "nats" => ConnectionTypes.Standard,
        "websocket" => ConnectionTypes.WebSocket,
        _ => ConnectionTypes.InProcess,
    };

    private static ConnectionTypes Parse(string name) => name.ToUpperInvariant() switch
    {
        "STANDARD" => ConnectionTypes.Standard,
        "WEBSOCKET" => ConnectionTypes.WebSocket,
        "LEAFNODE" => ConnectionTypes.LeafNode,
        "LEAFNODE_WS" => ConnectionTypes.LeafNodeOverWebSocket,
        "MQTT" => ConnectionTypes.Mqtt,
        "MQTT_WS" => ConnectionTypes.MqttOverWebSocket,
        "IN_PROCESS" or "INPROCESS" => ConnectionTypes.InProcess,
        _ => ConnectionTypes.None,
    };
}
