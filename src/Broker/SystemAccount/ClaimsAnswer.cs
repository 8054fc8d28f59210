using NatsKestrel.Broker.Accounts.Jwt;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>What became of a change of account JWTs, on the wire.</summary>
/// <param name="Account">The account that it was about; null where it was about several.</param>
/// <param name="Code">200 or 500.</param>
/// <param name="Description">What was wrong; null for nothing.</param>
/// <param name="Message">What was done; null for nothing.</param>
internal sealed record ClaimsAnswer(string? Account, int Code, string? Description, string? Message)
{
    public static ClaimsAnswer From(ClaimsOutcome outcome) =>
        outcome.IsDone ? new(outcome.Account, 200, null, outcome.Text) : new(outcome.Account, 500, outcome.Text, null);
}
