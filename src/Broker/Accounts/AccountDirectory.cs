using System.Diagnostics.CodeAnalysis;
using System.Text;
using NatsKestrel.Broker.Accounts.Callout;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts;

/// <summary>All accounts of this server.</summary>
internal sealed class AccountDirectory
{
    /// <summary>Name of the account of everybody who logged in to no other.</summary>
    public const string GlobalName = "$G";

    /// <summary>Name of the server's own account, unless another is chosen.</summary>
    public const string SystemName = "$SYS";

    private readonly SublistLimits _limits;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new(); // one change at a time
    private NatsBrokerOptions _options;
    private volatile Dictionary<string, Account> _byName;

    /// <param name="options">Valid options.</param>
    /// <param name="time">Null for the system's clock.</param>
    public AccountDirectory(NatsBrokerOptions options, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _limits = new SublistLimits(options.Limits.MaxSubscriptionTokens);
        if (options.DisableSublistCache)
        {
            _limits = _limits with { CacheEntries = 0 };
        }

        Global = new Account(GlobalName, _limits, time);
        Store = AccountStore.Open(options.Resolver);
        Trust = OperatorTrust.From(options, Store, Now);
        string system = options.SystemAccount.Length > 0 ? options.SystemAccount : Trust?.SystemAccount ?? "";
        System = new Account(system.Length > 0 ? system : SystemName, _limits, time);
        _byName = new(StringComparer.Ordinal) { [Global.Name] = Global, [System.Name] = System };
        _options = options;
        Rebuild();
    }

    public Account Global { get; }

    public Account System { get; }

    /// <summary>Who is trusted in operator mode; null without it.</summary>
    public OperatorTrust? Trust { get; private set; }

    /// <summary>Where account JWTs are kept; null where they stand in the settings, or there are none.</summary>
    public AccountStore? Store { get; }

    /// <summary>Called when account JWTs have changed while the server runs, and with them who may do what.</summary>
    public Action ClaimsChanged { get; set; } = static () => { };

    public IReadOnlyCollection<Account> All => _byName.Values;

    public bool TryGet(string name, [NotNullWhen(true)] out Account? account) => _byName.TryGetValue(name, out account);

    /// <summary>Takes the configured accounts: those known already stay what they are, with new settings; others are new, or gone.</summary>
    public void Apply(NatsBrokerOptions options)
    {
        lock (_gate)
        {
            _options = options;
            Trust = OperatorTrust.From(options, Store, Now);
            Rebuild();
        }
    }

    /// <summary>Takes another JWT of an account.</summary>
    /// <returns>False, and nothing changes, where nobody who is trusted has signed it, or it does not hold now.</returns>
    public bool TryUpdate(AccountClaims claims)
    {
        lock (_gate)
        {
            if (Trust?.With(claims, Now) is not { } trust)
            {
                return false;
            }

            Trust = trust;
            Rebuild();
        }

        ClaimsChanged();
        return true;
    }

    /// <summary>Lets accounts go that operators have deleted.</summary>
    public void Delete(IEnumerable<string> names)
    {
        lock (_gate)
        {
            Trust = Trust?.Without(names, Now);
            Rebuild();
        }

        ClaimsChanged();
    }

    /// <summary>Lets go what has expired.</summary>
    public void LookAtTime()
    {
        lock (_gate)
        {
            Trust = Trust?.At(Now);
            Rebuild();
        }

        ClaimsChanged();
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    private void Rebuild()
    {
        List<AccountOptions> configured = Trust?.Accounts ?? _options.Accounts;
        var byName = new Dictionary<string, Account>(StringComparer.Ordinal) { [Global.Name] = Global, [System.Name] = System };
        foreach (AccountOptions account in configured)
        {
            Account known = byName[account.Name] = _byName.GetValueOrDefault(account.Name) ?? new Account(account.Name, _limits, _time);
            known.Options = account;
            known.Limits = account.Limits;
            known.Mappings = AccountMappings.From(account.Mappings);
        }

        Global.Mappings = AccountMappings.From(_options.Mappings);
        Global.Options = new AccountOptions { Name = GlobalName, Mappings = _options.Mappings };
        foreach (Account account in byName.Values)
        {
            account.Exports = [.. account.Options.Exports, .. account == System && !_options.NoSystemAccount ? SystemServices.Exports : []];
            account.Imports = [.. account.Options.Imports, .. _options.NoSystemAccount ? [] : SystemServices.ImportsOf(account.Name, System.Name)];
        }

        foreach (Account account in byName.Values)
        {
            account.Import(
                [.. account.Imports.Where(import => import.Stream is not null).Select(import => Stream(account, import, byName))],
                [.. account.Imports.Where(import => import.Service is not null).Select(import => Service(account, import, byName))]);
        }

        string? callout = CalloutRules.From(_options.Authorization?.AuthCallout)?.Account;
        foreach (Account account in byName.Values)
        {
            account.HasCallout = account.Name == callout || Trust?.CalloutOf(account.Name) is not null;
        }

        // Accounts that are gone import nothing any more, whoever may still be in them.
        foreach (Account gone in _byName.Values.Except(byName.Values))
        {
            gone.Import([], []);
        }

        _byName = byName;
    }

    private static StreamImport Stream(Account importer, ImportOptions import, Dictionary<string, Account> accounts) =>
        new(accounts[import.Stream!.Account], importer, ImportedSubject.TryCreate(import.Stream.Subject, ImportRules.LocalSubject(import))!, import.AllowTrace);

    private static ServiceImport Service(Account importer, ImportOptions import, Dictionary<string, Account> accounts)
    {
        Account exporter = accounts[import.Service!.Account];
        ExportOptions export = exporter.Exports.First(candidate => candidate.Service.Length > 0
            && SubjectRules.Covers(Encoding.UTF8.GetBytes(candidate.Service), Encoding.UTF8.GetBytes(import.Service.Subject)));
        ImportedSubject subject = ImportedSubject.TryCreate(import.Service.Subject, ImportRules.LocalSubject(import))!;
        return new(importer, exporter, subject, ServiceExport.From(export), import.Share);
    }
}
