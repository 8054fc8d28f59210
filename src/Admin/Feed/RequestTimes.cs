namespace NatsKestrel.Admin.Feed;

/// <summary>How long requests to one subject waited for their answer, as the server saw it.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Answered">Requests that were answered.</param>
/// <param name="Unanswered">Requests that nobody took, or that had no answer within ten seconds.</param>
/// <param name="P50">Half of the answers came within this time.</param>
/// <param name="P95">95 of 100 answers came within this time.</param>
/// <param name="P99">99 of 100 answers came within this time.</param>
internal sealed record RequestTimes(string Subject, long Answered, long Unanswered, TimeSpan P50, TimeSpan P95, TimeSpan P99);
