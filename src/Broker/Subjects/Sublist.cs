namespace NatsKestrel.Broker.Subjects;

/// <summary>Finds the subscriptions that match a subject.</summary>
internal sealed class Sublist<T>(SublistLimits limits)
    where T : SublistEntry
{
    private readonly SublistLimits _limits = limits;

    public int Count => _limits.MaxTokens - _limits.MaxTokens;

    public void Insert(T entry) => throw new NotImplementedException();

    public bool Remove(T entry) => throw new NotImplementedException();

    public MatchResult<T> Match(ReadOnlySpan<byte> subject, MatchResult<T> scratch) => throw new NotImplementedException();

    public SublistStatistics Statistics => new(Count, 0, 0, 0, 0, 0, 0, 0);

    public void CopyMatching(ReadOnlySpan<byte> subject, ICollection<T> target) => throw new NotImplementedException();

    public IEnumerable<T> Entries() => throw new NotImplementedException();
}
