namespace NatsKestrel.Broker.SystemAccount;

/// <summary>A subject that the server answers to, in the system account.</summary>
/// <param name="Name">The subject, perhaps with wildcards.</param>
/// <param name="Answer">Answers a request: null for no answer at all.</param>
/// <param name="Queue">The queue group of those who answer; empty where all servers do.</param>
/// <param name="IsOrder">True where something is done also for who wants no answer.</param>
internal sealed record SystemSubject(string Name, Func<SystemRequest, SystemAnswer?> Answer, string Queue = "", bool IsOrder = false);
