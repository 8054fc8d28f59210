namespace NatsKestrel.Broker.Subjects;

/// <summary>Who listens to one subject, as a walk found it in one generation of a <see cref="MatchCache"/>. Who listens never changes.</summary>
internal sealed class CachedMatch(MatchCache cache, ulong hash, byte[] subject, int bucket, long generation, MatchResult receivers, long bytes)
{
    public readonly MatchCache Cache = cache;
    public readonly ulong Hash = hash;
    public readonly long Generation = generation;
    public readonly byte[] Subject = subject;
    public readonly MatchResult Receivers = receivers;
    public readonly long Bytes = bytes;
    public readonly int Bucket = bucket;

    /// <summary>The rules that last allowed publishing to the subject, if any: with them the decision need not be made again.</summary>
    public object? AllowedBy;
}
