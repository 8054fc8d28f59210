using NatsKestrel.Broker.Accounts.Callout;
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

    /// <summary>When the next import ends because its activation token expires; null for never.</summary>
    public DateTimeOffset? NextExpiry { get; private set; }

    /// <summary>Reads what settings trust.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="store">Where account JWTs are kept beside the settings, those of which it gets too; null for nowhere.</param>
    /// <param name="now">The time, which activation tokens depend on.</param>
    /// <returns>Null where they trust nobody: no operator mode.</returns>
    public static OperatorTrust? From(NatsBrokerOptions options, AccountStore? store, DateTimeOffset now)
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
            // A newer one has come by request since the settings were written.
            if (store is not null && IssuedAt(preload.Jwt) >= IssuedAt(store.Find(preload.Account) ?? ""))
            {
                store.Save(preload.Account, preload.Jwt);
            }
        }

        IEnumerable<string> jwts = store is null ? options.ResolverPreload.Select(preload => preload.Jwt) : store.Accounts.Select(account => store.Find(account) ?? "");
        foreach (AccountClaims claims in jwts.Select(AccountClaims.TryRead).OfType<AccountClaims>().Where(claims => trust.IsTrusted(claims.Claims.Issuer)))
        {
            trust._accounts[claims.Claims.Subject] = claims;
        }

        trust.MakeAccounts(now);
        return trust;
    }

    /// <summary>True for the operator's own keys and those that sign for it.</summary>
    public bool IsTrusted(string key) => _keys.Contains(key);

    /// <summary>The same with another JWT of one account.</summary>
    /// <returns>Null where nobody who is trusted has signed it, or it does not hold now.</returns>
    public OperatorTrust? With(AccountClaims claims, DateTimeOffset now)
    {
        if (!IsTrusted(claims.Claims.Issuer) || !claims.Claims.IsValidAt(now))
        {
            return null;
        }

        OperatorTrust next = Copy();
        next._accounts[claims.Claims.Subject] = claims;
        next.MakeAccounts(now);
        return next;
    }

    /// <summary>The same at another time: what has expired counts no more.</summary>
    public OperatorTrust At(DateTimeOffset now) => Without([], now);

    /// <summary>The same without some of the accounts.</summary>
    public OperatorTrust Without(IEnumerable<string> accounts, DateTimeOffset now)
    {
        OperatorTrust next = Copy();
        foreach (string account in accounts)
        {
            next._accounts.Remove(account);
        }

        next.MakeAccounts(now);
        return next;
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

        if (options.Operators?.Count > 0 || options.TrustedKeys?.Count > 0)
        {
            switch (options.Resolver?.Type.ToUpperInvariant())
            {
                case "MEMORY" or "MEM":
                    break;
                case AccountStore.ResolverType when options.Resolver.Dir.Length == 0:
                    yield return new("Nats:Resolver:Dir", "must be the directory of the account JWTs");
                    break;
                case AccountStore.ResolverType:
                    if (ProblemWith(options.Resolver) is { } problem)
                    {
                        yield return new("Nats:Resolver:Dir", $"cannot be used: {problem}");
                    }

                    break;
                case "CACHE":
                    yield return new("Nats:Resolver:Type", "cannot be cache: it fetches accounts from other servers, and this one has none; set full");
                    break;
                default:
                    yield return new("Nats:Resolver:Type", "must be MEMORY (the accounts stand in Nats:ResolverPreload) or full (in files of Nats:Resolver:Dir) in operator mode");
                    break;
            }
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

    private static DateTimeOffset IssuedAt(string jwt) => SignedClaims.TryRead(jwt, out _)?.IssuedAt ?? DateTimeOffset.MinValue;

    private OperatorTrust Copy()
    {
        var copy = new OperatorTrust { SystemAccount = SystemAccount };
        copy._keys.UnionWith(_keys);
        foreach ((string name, AccountClaims claims) in _accounts)
        {
            copy._accounts.Add(name, claims);
        }

        return copy;
    }

    private void MakeAccounts(DateTimeOffset now)
    {
        Accounts = [.. _accounts.Values.Select(claims => claims.ToOptions())];
        foreach (AccountOptions account in Accounts)
        {
            foreach (ImportOptions import in account.Imports)
            {
                import.IsActivated = IsActivated(account.Name, import, now);
            }
        }

        DropBrokenParts(Accounts);
    }

    private bool IsActivated(string importer, ImportOptions import, DateTimeOffset now)
    {
        bool isService = import.Service is not null;
        ImportSourceOptions source = import.Service ?? import.Stream!;
        if (!_accounts.TryGetValue(source.Account, out AccountClaims? exporter)
            || _accounts[importer].ActivationOf(source, isService) is not { } token
            || !token.IsValidAt(now) || !exporter.Grants(token, importer, source.Subject, isService))
        {
            return false;
        }

        if (token.Expires is { } expires && (NextExpiry is null || expires < NextExpiry))
        {
            NextExpiry = expires;
        }

        return true;
    }

    private static string? ProblemWith(ResolverOptions resolver)
    {
        try
        {
            AccountStore.Open(resolver);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return exception.Message.TrimEnd('.');
        }
    }

    /// <summary>The service of an account's that decides who may log in to it; null without one.</summary>
    public CalloutRules? CalloutOf(string account) => _accounts.TryGetValue(account, out AccountClaims? claims) ? claims.Callout : null;

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
