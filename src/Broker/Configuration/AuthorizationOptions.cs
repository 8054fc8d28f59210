namespace NatsKestrel.Broker.Configuration;

/// <summary>Who may log in to the global account: section <c>Nats:Authorization</c>.</summary>
/// <remarks>Either <see cref="Token"/>, or <see cref="User"/> and <see cref="Password"/>, or <see cref="Users"/>: with none of them,
/// and no account with users, everybody may.</remarks>
public sealed class AuthorizationOptions
{
    /// <summary>The one token that everybody shows, plain or as a bcrypt hash.</summary>
    /// <value>Default empty: none.</value>
    public string Token { get; set; } = "";

    /// <summary>The one user there is; needs <see cref="Password"/>.</summary>
    /// <value>Default empty: none.</value>
    public string User { get; set; } = "";

    /// <summary>The password of <see cref="User"/>, plain or as a bcrypt hash.</summary>
    /// <value>Default empty.</value>
    public string Password { get; set; } = "";

    /// <summary>Time a client has from accept (with TLS, from the end of the handshake) to a complete CONNECT.</summary>
    /// <value>Default 0: two seconds, or with TLS one second more than <see cref="TlsOptions.Timeout"/>, as in the reference server.</value>
    [TimeRange("00:00:00", "01:00:00")]
    public TimeSpan Timeout { get; set; }

    /// <summary>The users of the global account.</summary>
    public List<UserOptions> Users { get; set; } = [];

    /// <summary>What users without permissions of their own may do.</summary>
    /// <value>Default null: everything.</value>
    public PermissionOptions? DefaultPermissions { get; set; }

    /// <summary>A service that decides who may log in.</summary>
    /// <value>Default null: this server decides by itself.</value>
    public AuthCalloutOptions? AuthCallout { get; set; }
}
