namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>nats-server's own defaults, wherever this server's differ on purpose: for who replaces a nats-server and wants no surprise.</summary>
/// <remarks>They go below every other source of configuration. <c>strict: true</c> in the file turns them off.</remarks>
public static class DropInDefaults
{
    private static readonly (string Option, string Text)[] Defaults =
    [
        ("Nats:Host", "0.0.0.0"),                   // docs/compatibility.md: loopback
        ("Nats:Limits:MaxSubscriptionTokens", "0"), // subject-tokens
        ("Nats:Monitoring:Cors", "*"),              // monitoring-cors
        ("Nats:WebSocket:AnyOrigin", "true"),       // websocket-origin
        ("Nats:WebSocket:Port", "-1"),              // none without a block websocket
        ("Nats:WebSocket:PingInterval", "00:00:00"), // websocket-ping
        ("Nats:WebSocket:PingTimeout", "00:00:00"),
    ];

    /// <summary>The settings, for example for <c>AddInMemoryCollection</c>; none where the file says <c>strict: true</c>.</summary>
    /// <param name="file">The nats.conf in use; null where there is none.</param>
    public static IEnumerable<KeyValuePair<string, string?>> For(NatsConfFile? file) =>
        from setting in Defaults
        where file?.IsStrict != true
        select KeyValuePair.Create(setting.Option, (string?)setting.Text);
}
