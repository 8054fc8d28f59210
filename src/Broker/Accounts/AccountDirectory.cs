using System.Diagnostics.CodeAnalysis;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts;

/// <summary>All accounts of this server.</summary>
internal sealed class AccountDirectory
{
    /// <summary>Name of the account of everybody who logged in to no other.</summary>
    public const string GlobalName = "$G";

    /// <summary>Name of the server's own account.</summary>
    public const string SystemName = "$SYS";

    public AccountDirectory(NatsBrokerOptions options)
    {
        var limits = new SublistLimits(options.Limits.MaxSubscriptionTokens);
        if (options.DisableSublistCache)
        {
            limits = limits with { CacheEntries = 0 };
        }

        Global = new Account(GlobalName, limits);
        System = new Account(SystemName, limits);
        All = [Global, System];
    }

    public Account Global { get; }

    public Account System { get; }

    public IReadOnlyList<Account> All { get; }

    public bool TryGet(string name, [NotNullWhen(true)] out Account? account)
    {
        account = All.FirstOrDefault(candidate => candidate.Name == name);
        return account is not null;
    }
}
