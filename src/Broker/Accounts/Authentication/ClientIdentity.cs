using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>A user that an application found a client to be.</summary>
public sealed class ClientIdentity
{
    /// <summary>Its name in logs and monitoring.</summary>
    public required string Name { get; init; }

    /// <summary>The account it belongs to, which must exist.</summary>
    /// <value>Default <c>$G</c>, the global account.</value>
    public string Account { get; init; } = AccountDirectory.GlobalName;

    /// <summary>What it may publish and subscribe to. A subject that is none refuses the client.</summary>
    /// <value>Default null: everything.</value>
    public PermissionOptions? Permissions { get; init; }

    /// <summary>When the connection ends, whatever happens.</summary>
    /// <value>Default null: never.</value>
    public DateTimeOffset? Expires { get; init; }

    internal User? ToUser(AccountDirectory accounts)
    {
        if (!accounts.TryGet(Account, out Account? account) || PermissionRules.Check("", Permissions).Any())
        {
            return null;
        }

        return new User
        {
            Name = Name,
            LogName = $"user:{Name}",
            Account = account,
            Permissions = UserPermissions.From(Permissions),
            Expires = Expires,
            IsOfApplication = true,
        };
    }
}
