using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>Operator mode: whose accounts this server knows, and who signs for them. Immutable.</summary>
internal sealed class OperatorTrust
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccountClaims> _accounts = new(StringComparer.Ordinal);

    private OperatorTrust()
    {
    }

    /// <summary>The system account that the operator names; empty for none.</summary>
    public string SystemAccount { get; private set; } = "";

    /// <summary>The accounts, as settings would describe them: imports that are not allowed are left out.</summary>
    public List<AccountOptions> Accounts { get; private set; } = [];

    /// <summary>Reads what settings trust.</summary>
    /// <returns>Null where they trust nobody: no operator mode.</returns>
    public static OperatorTrust? From(NatsBrokerOptions options)
    {
        if (options.Operators.Count == 0 && options.TrustedKeys.Count == 0)
        {
            return null;
        }

        var trust = new OperatorTrust();
        trust._keys.UnionWith(options.TrustedKeys);
        foreach (string entry in options.Operators)
        {
            if (ReadOperator(entry) is { } claims)
            {
                trust._keys.Add(claims.Subject);
                trust._keys.UnionWith(JsonText.Texts(claims.Nats, "signing_keys"));
                trust.SystemAccount = JsonText.Of(claims.Nats, "system_account") is { Length: > 0 } name ? name : trust.SystemAccount;
            }
        }

        foreach (ResolverPreloadOptions preload in options.ResolverPreload)
        {
            if (AccountClaims.TryRead(preload.Jwt) is { } claims && trust._keys.Contains(claims.Claims.Issuer))
            {
                trust._accounts[claims.Claims.Subject] = claims;
            }
        }

        trust.Accounts = [.. trust._accounts.Values.Select(claims => claims.Options)];
        DropBrokenParts(trust.Accounts);
        return trust;
    }

    /// <summary>What is wrong with the settings of operator mode.</summary>
    public static IEnumerable<BrokenRule> Check(NatsBrokerOptions options)
    {
        foreach ((int index, string entry) in (options.Operators ?? []).Index())
        {
            if (ReadOperator(entry) is null)
            {
                yield return new($"Nats:Operators:{index}", "must be an operator's JWT, or a file that holds one");
            }
        }

        foreach ((int index, string key) in (options.TrustedKeys ?? []).Index())
        {
            if (!NkeyText.IsKey(key, NkeyText.OperatorPrefix))
            {
                yield return new($"Nats:TrustedKeys:{index}", "must be a public operator nkey");
            }
        }

        if ((options.Operators?.Count > 0 || options.TrustedKeys?.Count > 0) && options.Resolver?.Type.ToUpperInvariant() is not ("MEMORY" or "MEM"))
        {
            yield return new("Nats:Resolver:Type", "must be MEMORY in operator mode: the accounts stand in Nats:ResolverPreload");
        }

        foreach ((int index, ResolverPreloadOptions preload) in (options.ResolverPreload ?? []).Index())
        {
            if (AccountClaims.TryRead(preload.Jwt) is not { } claims || claims.Claims.Subject != preload.Account)
            {
                yield return new($"Nats:ResolverPreload:{index}:Jwt", $"must be the JWT of account {preload.Account}");
            }
        }
    }

    /// <summary>The account whose claims a user's JWT rests on, as long as they hold.</summary>
    public AccountClaims? Find(string account, DateTimeOffset now) =>
        _accounts.TryGetValue(account, out AccountClaims? claims) && claims.Claims.IsValidAt(now) ? claims : null;

    private static SignedClaims? ReadOperator(string entry)
    {
        try
        {
            string text = entry.StartsWith("eyJ", StringComparison.Ordinal) ? entry : SignedClaims.Undecorated(File.ReadAllText(entry));
            return SignedClaims.TryRead(text, "operator");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    // An account may change its JWT without asking those who import from it: what no longer fits is left out, the rest works.
    private static void DropBrokenParts(List<AccountOptions> accounts)
    {
        foreach (AccountOptions account in accounts)
        {
            account.Mappings = [.. account.Mappings.Where(mapping => AccountsValidator.CheckMappings("", [mapping]).FirstOrDefault() == default)];
            account.Exports = [.. account.Exports.Where(export => AccountsValidator.CheckExport("", export).FirstOrDefault() == default)];
            account.DefaultPermissions = PermissionRules.Check("", account.DefaultPermissions).Any() ? NothingAllowed() : account.DefaultPermissions;
        }

        foreach (BrokenRule broken in ImportRules.Check(accounts).Reverse().ToList())
        {
            string[] parts = broken.Key.Split(':');
            accounts[int.Parse(parts[2], provider: null)].Imports.RemoveAt(int.Parse(parts[4], provider: null));
        }

        foreach (AccountOptions account in accounts)
        {
            account.Imports.RemoveAll(import => !accounts.Exists(other => other.Name == (import.Stream ?? import.Service!).Account));
        }
    }

    private static PermissionOptions NothingAllowed() => new()
    {
        Publish = new SubjectPermissionOptions { Deny = [">"] },
        Subscribe = new SubjectPermissionOptions { Deny = [">"] },
    };
}
