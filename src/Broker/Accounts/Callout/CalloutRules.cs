using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Accounts.Callout;

/// <summary>Whom a service decides about, where it is asked, and what it may answer.</summary>
internal sealed record CalloutRules
{
    /// <summary>The subject of requests, in the service's account.</summary>
    public static ReadOnlySpan<byte> Subject => "$SYS.REQ.USER.AUTH"u8;

    /// <summary>The account that the service is in.</summary>
    public required string Account { get; init; }

    /// <summary>Who signs its answers: a public account key. In operator mode the account's signing keys may too.</summary>
    public required string Issuer { get; init; }

    /// <summary>Names and nkeys of those who are not asked about: the service itself.</summary>
    public required IReadOnlyCollection<string> Users { get; init; }

    /// <summary>In operator mode, the accounts that it may put users into; else those whose configured users it decides about too, none for all.</summary>
    public required IReadOnlyCollection<string> AllowedAccounts { get; init; }

    /// <summary>True where accounts are JWTs, and users must be signed by theirs.</summary>
    public required bool IsOperatorMode { get; init; }

    /// <summary>Reads settings.</summary>
    /// <returns>Null where they name no service.</returns>
    public static CalloutRules? From(AuthCalloutOptions? options) => options is null ? null : new CalloutRules
    {
        Account = options.Account.Length > 0 ? options.Account : AccountDirectory.GlobalName,
        Issuer = options.Issuer,
        Users = options.AuthUsers,
        AllowedAccounts = options.AllowedAccounts,
        IsOperatorMode = false,
    };

    /// <summary>Reads what an account's JWT says.</summary>
    /// <returns>Null where it names no service.</returns>
    public static CalloutRules? From(SignedClaims account)
    {
        if (JsonText.Object(account.Nats, "authorization") is not { } authorization || JsonText.Texts(authorization, "auth_users") is not { Count: > 0 } users)
        {
            return null;
        }

        return new CalloutRules
        {
            Account = account.Subject,
            Issuer = account.Subject,
            Users = users,
            AllowedAccounts = [account.Subject, .. JsonText.Texts(authorization, "allowed_accounts")],
            IsOperatorMode = true,
        };
    }

    /// <summary>True for accounts that users may be put into.</summary>
    public bool Allows(string account) => !IsOperatorMode || AllowedAccounts.Contains(account) || AllowedAccounts.Contains("*");

    /// <summary>True where there may be users who log in by what the settings say of them.</summary>
    public bool MayLeave => !IsOperatorMode && AllowedAccounts.Count > 0;

    /// <summary>True for accounts whose users do.</summary>
    public bool Leaves(string account) => MayLeave && !AllowedAccounts.Contains(account);
}
