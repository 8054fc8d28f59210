namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Why a request was not fulfilled.</summary>
/// <param name="Code">400 for what cannot be read, 500 for the rest.</param>
/// <param name="Description">What is wrong.</param>
internal sealed record AnswerError(int Code, string Description);
