namespace NatsKestrel.Broker.Configuration;

/// <summary>The login of the WebSocket port: section <c>Nats:WebSocket:Authorization</c>. In place of <c>Nats:Authorization</c>, for this port alone.</summary>
/// <remarks>Not together with users: those log in by whatever port they come.</remarks>
public sealed class WebSocketAuthorizationOptions
{
    /// <summary>The one token that everybody shows, plain or as a bcrypt hash; it alone counts where it is set.</summary>
    /// <value>Default empty: none.</value>
    public string Token { get; set; } = "";

    /// <summary>The one user there is; needs <see cref="Password"/>.</summary>
    /// <value>Default empty: none.</value>
    public string User { get; set; } = "";

    /// <summary>The password of <see cref="User"/>, plain or as a bcrypt hash.</summary>
    /// <value>Default empty.</value>
    public string Password { get; set; } = "";

    /// <summary>Time a client has from the upgrade to a complete CONNECT.</summary>
    /// <value>Default 0: that of <c>Nats:Authorization</c>.</value>
    [TimeRange("00:00:00", "01:00:00")]
    public TimeSpan Timeout { get; set; }
}
