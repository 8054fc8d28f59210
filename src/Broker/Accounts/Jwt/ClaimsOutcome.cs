namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>What became of a request to change account JWTs.</summary>
/// <param name="Account">The account it was about; null where it was about several.</param>
/// <param name="Text">What was done, or what was wrong, as nats-server words it.</param>
/// <param name="IsDone">False where nothing was changed.</param>
internal sealed record ClaimsOutcome(string? Account, string Text, bool IsDone);
