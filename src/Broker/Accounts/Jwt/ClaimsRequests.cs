using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>What operators ask about account JWTs while the server runs: the verbs behind <c>$SYS.REQ.CLAIMS.…</c> and
/// <c>$SYS.REQ.ACCOUNT.….CLAIMS.…</c>.</summary>
/// <remarks>Only the system account's users can send such requests. A JWT that no trusted operator has signed, or that has expired, is kept
/// in the directory and changes nothing, as in nats-server.</remarks>
internal sealed class ClaimsRequests(AccountDirectory accounts, NatsBrokerOptions options, ILogger<ClaimsRequests> logger)
{
    private const string UpdateFailed = "jwt update resulted in error";
    private const string Updated = "jwt updated";

    /// <summary>The directory; null where account JWTs stand in the settings, or there are none.</summary>
    public AccountStore? Store => accounts.Store;

    /// <summary>Takes a new JWT for an account, for those who are connected too.</summary>
    /// <param name="account">The account that the request names; null where the JWT alone says it.</param>
    /// <param name="jwt">The JWT.</param>
    public ClaimsOutcome Update(string? account, string jwt)
    {
        if (Store is null && jwt.Length == 0)
        {
            return Failed(account, "jwt update error - request body is empty");
        }

        SignedClaims? signed = SignedClaims.TryRead(jwt, out string problem);
        AccountClaims? claims = signed is null ? null : AccountClaims.From(signed);
        problem = signed is null ? problem : claims is null ? "not account claim" : !IsSigner(signed.Issuer) ? "unable to validate expected prefixes - [account operator]" : "";
        if (problem.Length > 0)
        {
            return Failed(Store is null ? account : "n/a", $"{UpdateFailed} - {problem}");
        }

        if (account is not null && account != signed!.Subject)
        {
            return Failed(account, $"{UpdateFailed} - subject does not match jwt content");
        }

        return Store is null ? Replace(claims!) : Save(Store, claims!);
    }

    /// <summary>Deletes the accounts that a JWT of the operator's names.</summary>
    public ClaimsOutcome Delete(string jwt)
    {
        SignedClaims? signed = SignedClaims.TryRead(jwt, out string problem);
        string by = signed?.Subject ?? "";
        List<string>? names = signed is null ? null : JsonText.List(signed.Nats, "accounts");
        string? refusal =
            signed is null ? problem
            : !options.Resolver.AllowDelete ? "delete must be enabled in server config"
            : signed.Subject != signed.Issuer ? "not self signed"
            : accounts.Trust?.IsTrusted(signed.Issuer) != true ? "not trusted"
            : names is null || !names.TrueForAll(AccountStore.IsAccount) ? "malformed request"
            : names.Contains(accounts.System.Name) ? "not allowed to delete system account"
            : Store!.Delete(names);
        if (refusal is not null)
        {
            return Failed(null, $"delete accounts request by {by} failed - {refusal}");
        }

        accounts.Delete(names!);
        return new ClaimsOutcome(null, $"deleted {names!.Count} accounts", IsDone: true);
    }

    private static bool IsSigner(string issuer) => NkeyText.IsKey(issuer, NkeyText.AccountPrefix) || NkeyText.IsKey(issuer, NkeyText.OperatorPrefix);

    private ClaimsOutcome Save(AccountStore store, AccountClaims claims)
    {
        string account = claims.Claims.Subject;
        if (store.Save(account, claims.Claims.Text) is { } unsaved)
        {
            return Failed(account, $"{UpdateFailed} - {unsaved}");
        }

        if (!accounts.TryUpdate(claims))
        {
            logger.UpdateIgnored(account);
        }

        return new ClaimsOutcome(account, Updated, IsDone: true);
    }

    // Without a directory, for the accounts that there are, and until the settings are read again.
    private ClaimsOutcome Replace(AccountClaims claims)
    {
        string account = claims.Claims.Subject;
        if (!accounts.TryGet(account, out _))
        {
            return new ClaimsOutcome(account, "jwt update skipped", IsDone: true);
        }

        return accounts.TryUpdate(claims) ? new ClaimsOutcome(account, Updated, IsDone: true) : Failed(account, $"{UpdateFailed} - account validation failed");
    }

    private ClaimsOutcome Failed(string? account, string text)
    {
        logger.ClaimsRefused(text);
        return new ClaimsOutcome(account, text, IsDone: false);
    }
}
