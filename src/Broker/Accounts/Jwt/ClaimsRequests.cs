using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>What operators ask of a directory of account JWTs while the server runs: the verbs behind <c>$SYS.REQ.CLAIMS.…</c> and
/// <c>$SYS.REQ.ACCOUNT.….CLAIMS.…</c>.</summary>
/// <remarks>Only the system account's users can send such requests. A JWT that no trusted operator has signed, or that has expired, is kept
/// and changes nothing, as in nats-server.</remarks>
internal sealed class ClaimsRequests(AccountDirectory accounts, NatsBrokerOptions options, ILogger<ClaimsRequests> logger)
{
    private const string UpdateFailed = "jwt update resulted in error";

    /// <summary>The directory; null where account JWTs come from elsewhere, and there is nobody to ask.</summary>
    public AccountStore? Store => accounts.Store;

    /// <summary>Takes a new JWT for an account, for those who are connected too.</summary>
    /// <param name="account">The account that the request names; null where the JWT alone says it.</param>
    /// <param name="jwt">The JWT.</param>
    public ClaimsOutcome Update(string? account, string jwt)
    {
        if (SignedClaims.TryRead(jwt, out string problem) is not { } signed)
        {
            return Failed("n/a", $"{UpdateFailed} - {problem}");
        }

        if (AccountClaims.From(signed) is not { } claims)
        {
            return Failed("n/a", $"{UpdateFailed} - not account claim");
        }

        if (account is not null && account != signed.Subject)
        {
            return Failed(account, $"{UpdateFailed} - subject does not match jwt content");
        }

        if (Store!.Save(signed.Subject, signed.Text) is { } unsaved)
        {
            return Failed(signed.Subject, $"{UpdateFailed} - {unsaved}");
        }

        if (!accounts.TryUpdate(claims))
        {
            logger.UpdateIgnored(signed.Subject);
        }

        return new ClaimsOutcome(signed.Subject, "jwt updated", IsDone: true);
    }

    /// <summary>Deletes the accounts that a JWT of the operator's names.</summary>
    public ClaimsOutcome Delete(string jwt)
    {
        SignedClaims? signed = SignedClaims.TryRead(jwt, out string problem);
        string by = signed?.Issuer ?? "";
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

    private ClaimsOutcome Failed(string? account, string text)
    {
        logger.ClaimsRefused(text);
        return new ClaimsOutcome(account, text, IsDone: false);
    }
}
