namespace NatsKestrel.Broker.Configuration;

/// <summary>Somebody who may log in, by password or by nkey.</summary>
public sealed class UserOptions
{
    /// <summary>Name given in CONNECT; unique over all accounts. With certificate mapping, the name in the certificate.</summary>
    public string User { get; set; } = "";

    /// <summary>Password, plain or as a bcrypt hash (<c>$2a$…</c>).</summary>
    /// <value>Default empty: matches an empty password alone.</value>
    public string Password { get; set; } = "";

    /// <summary>Public user nkey (<c>U…</c>), in place of name and password.</summary>
    public string Nkey { get; set; } = "";

    /// <summary>What the user may publish and subscribe to.</summary>
    /// <value>Default null: the default permissions of the account.</value>
    public PermissionOptions? Permissions { get; set; }

    /// <summary>Ways in that the user may take: <c>STANDARD</c>, <c>WEBSOCKET</c>, <c>LEAFNODE</c>, <c>LEAFNODE_WS</c>, <c>MQTT</c>,
    /// <c>MQTT_WS</c>, <c>IN_PROCESS</c>.</summary>
    /// <value>Default empty: all.</value>
    public List<string> AllowedConnectionTypes { get; set; } = [];
}
