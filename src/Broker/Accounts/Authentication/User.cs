using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Accounts.Permissions;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Somebody who may be logged in: immutable, shared by all of its connections.</summary>
internal sealed record User
{
    /// <summary>What monitoring shows as <c>authorized_user</c>: a name or an nkey; empty for nobody in particular.</summary>
    public required string Name { get; init; }

    /// <summary>What the log shows: <c>user:ann</c>, <c>nkey:U…</c>, <c>token</c>; empty for nobody in particular.</summary>
    public string LogName { get; init; } = "";

    /// <summary>Where it belongs. Comes from the credential, never from what a client says.</summary>
    public required Account Account { get; init; }

    /// <summary>What it may do; null for everything.</summary>
    public UserPermissions? Permissions { get; init; }

    /// <summary>What it must know; null where it is not let in by a password.</summary>
    public Secret? Secret { get; init; }

    /// <summary>The JWT that it logged in by; null where it did otherwise.</summary>
    public UserJwt? Jwt { get; init; }

    /// <summary>True where an <see cref="IClientAuthenticator"/> let it in: the settings know nothing of it.</summary>
    public bool IsOfApplication { get; init; }

    /// <summary>The way in that the application vouched for its name on, without a secret; null where it logged in itself.</summary>
    public ConnectionTypes? VouchedOn { get; init; }

    /// <summary>The ways in that it may take.</summary>
    public ConnectionTypes ConnectionTypes { get; init; } = ConnectionTypes.All;

    /// <summary>Largest message it may publish; negative for no limit of its own.</summary>
    public long MaxPayload { get; init; } = -1;

    /// <summary>Subscriptions that a connection of its may hold; negative for no limit of its own.</summary>
    public long MaxSubscriptions { get; init; } = -1;

    /// <summary>When it has to go; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When its account has to go, and with it everybody in it; null for never.</summary>
    public DateTimeOffset? AccountExpires { get; init; }
}
