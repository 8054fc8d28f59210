using System.Text;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Callout;

/// <summary>Reads what a service answered: a user, signed by whom it may be signed and made for just this request, or why there is none.</summary>
internal static class CalloutAnswer
{
    private const int MaxLoggedReason = 128;

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">The body.</param>
    /// <param name="rules">Who was asked.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="login">For whom.</param>
    /// <param name="accounts">The accounts there are.</param>
    /// <param name="now">The time.</param>
    /// <param name="problem">Why the result is null, for the log alone: the client is told nothing.</param>
    public static User? Read(
        string answer, CalloutRules rules, CalloutRequest request, LoginRequest login, AccountDirectory accounts, DateTimeOffset now, out string problem)
    {
        if (answer.Length == 0)
        {
            problem = "no reason supplied";
            return null;
        }

        if (SignedClaims.TryRead(answer, out problem) is not { } response)
        {
            return null;
        }

        AccountClaims? signer = rules.IsOperatorMode ? accounts.Trust?.Find(rules.Issuer, now) : null;
        problem =
            response.Type != "authorization_response" ? "the answer is no authorization response"
            : response.Issuer != rules.Issuer && signer?.IsSigner(response.Issuer) != true ? "the answer's signing key is unknown"
            : response.Audience != request.Iss ? "the answer is not for this server"
            : response.Subject != request.UserNkey ? "the answer is not for the expected user"
            : !response.IsValidAt(now) ? "the answer has expired"
            : JsonText.Of(response.Nats, "error") is { Length: > 0 } error ? $"the service returned an error: {Quote(error)}"
            : "";
        if (problem.Length > 0 || SignedClaims.TryRead(JsonText.Of(response.Nats, "jwt"), out problem) is not { } user)
        {
            return null;
        }

        problem = user.Type != "user" ? "the answer holds no user" : user.Subject != request.UserNkey ? "the user is not the expected one" : "";
        return problem.Length > 0 ? null
            : rules.IsOperatorMode ? UserOfAccount(user, rules, login, accounts, now, out problem)
            : UserOfSettings(user, rules, login, accounts, now, out problem);
    }

    private static User? UserOfSettings(SignedClaims user, CalloutRules rules, LoginRequest login, AccountDirectory accounts, DateTimeOffset now, out string problem)
    {
        problem = user.Issuer != rules.Issuer ? "the user is signed by another issuer" : !user.IsValidAt(now) ? "the user has expired" : "";
        if (problem.Length > 0)
        {
            return null;
        }

        if (!accounts.TryGet(user.Audience, out Account? account))
        {
            problem = $"no valid account {Quote(user.Audience)}";
            return null;
        }

        User? found = UserClaims.IsAllowedHere(login, user.Nats, now) ? UserClaims.Plain(user, account, login.Options.User) : null;
        problem = found is null ? "the user may not come in this way, or has permissions that are none" : "";
        return found;
    }

    private static User? UserOfAccount(SignedClaims user, CalloutRules rules, LoginRequest login, AccountDirectory accounts, DateTimeOffset now, out string problem)
    {
        User? found = accounts.Trust is { } trust ? UserClaims.CheckIssued(user, login, trust, accounts, now) : null;
        problem = found is null ? "the user's JWT is not good" : !rules.Allows(found.Account.Name) ? $"account {found.Account.Name} is not allowed" : "";
        return problem.Length > 0 ? null : found;
    }

    // It comes from outside: cut, and without control characters.
    private static string Quote(string text) => GoQuote.Text(Encoding.UTF8.GetBytes(text.Length <= MaxLoggedReason ? text : text[..MaxLoggedReason]));
}
