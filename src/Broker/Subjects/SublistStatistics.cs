namespace NatsKestrel.Broker.Subjects;

/// <summary>What <c>/subsz</c> tells of one sublist, or of several added up.</summary>
/// <param name="Count">Entries.</param>
/// <param name="CacheCount">Results in the cache that are still valid.</param>
/// <param name="Inserts">Entries ever inserted.</param>
/// <param name="Removes">Entries ever removed.</param>
/// <param name="Matches">Subjects matched; about, when several threads do.</param>
/// <param name="CacheHits">How many of these were answered by the cache; about.</param>
/// <param name="MaxFanout">Most receivers in one cached result: plain subscriptions, and one for each queue group.</param>
/// <param name="TotalFanout">Receivers in all cached results.</param>
internal readonly record struct SublistStatistics(
    long Count, long CacheCount, long Inserts, long Removes, long Matches, long CacheHits, int MaxFanout, long TotalFanout)
{
    /// <summary>Receivers per cached result; 0 while none is cached.</summary>
    public double AverageFanout => CacheCount == 0 ? 0 : (double)TotalFanout / CacheCount;

    /// <summary>Share of matches that the cache answered, 0 to 1.</summary>
    public double CacheHitRate => Matches == 0 ? 0 : (double)CacheHits / Matches;

    public static SublistStatistics operator +(SublistStatistics left, SublistStatistics right) => new(
        left.Count + right.Count,
        left.CacheCount + right.CacheCount,
        left.Inserts + right.Inserts,
        left.Removes + right.Removes,
        left.Matches + right.Matches,
        left.CacheHits + right.CacheHits,
        Math.Max(left.MaxFanout, right.MaxFanout),
        left.TotalFanout + right.TotalFanout);
}
