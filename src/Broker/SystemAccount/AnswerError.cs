namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Why a request was not fulfilled.</summary>
/// <param name="Code">400 for what cannot be read, 500 for the rest.</param>
/// <param name="Description">What is wrong.</param>
/// <param name="Account">The account it is about, where it is about its claims.</param>
internal sealed record AnswerError(int Code, string Description, string? Account = null);
