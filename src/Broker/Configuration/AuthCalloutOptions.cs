namespace NatsKestrel.Broker.Configuration;

/// <summary>A service, itself a NATS client, that decides who may log in: section <c>Nats:Authorization:AuthCallout</c>.</summary>
public sealed class AuthCalloutOptions
{
    /// <summary>Public account nkey (<c>A…</c>) that signs its answers.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Account the service is in.</summary>
    /// <value>Default empty: the global account.</value>
    public string Account { get; set; } = "";

    /// <summary>Users, by name or nkey, who log in without being asked about: the service itself.</summary>
    public List<string> AuthUsers { get; set; } = [];

    /// <summary>Public curve key (<c>X…</c>) of the service; requests and answers are then sealed.</summary>
    /// <value>Default empty: not sealed.</value>
    public string XKey { get; set; } = "";

    /// <summary>Accounts whose configured users it decides about too; those of others log in by their password.</summary>
    /// <value>Default empty: all.</value>
    public List<string> AllowedAccounts { get; set; } = [];
}
