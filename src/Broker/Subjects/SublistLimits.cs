namespace NatsKestrel.Broker.Subjects;

/// <summary>Bounds of one <see cref="Sublist{T}"/>.</summary>
/// <param name="MaxTokens">Tokens a published subject may have and still be matched; 0 for no limit.</param>
/// <param name="CacheEntries">Match results kept at most.</param>
/// <param name="CacheBytes">Bytes those results may take together, about.</param>
internal sealed record SublistLimits(int MaxTokens = 255, int CacheEntries = 4096, long CacheBytes = 4 * 1024 * 1024);
