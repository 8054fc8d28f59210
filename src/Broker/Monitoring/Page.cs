namespace NatsKestrel.Broker.Monitoring;

/// <summary>Which part of a long list an answer shows.</summary>
/// <param name="Offset">Entries before it.</param>
/// <param name="Limit">Entries it has at most.</param>
internal sealed record Page(long Offset, long Limit)
{
    private const long DefaultLimit = 1024;

    // The reference sets no upper limit; ours bounds what one answer costs. docs/compatibility.md, "Monitoring".
    private const long MaxLimit = 65_536;

    /// <summary>The parameters, for an API description.</summary>
    public static readonly MonitoringParameter[] Parameters =
    [
        new("offset", typeof(long), "Entries to leave out at the front; below 0 counts as 0.", Default: 0),
        new("limit", typeof(long), "Entries to list at most, up to 65,536; 0 and below take the default.", Default: DefaultLimit),
    ];

    public static Page Read(MonitoringQuery query)
    {
        long offset = query.Integer("offset");
        long limit = query.Integer("limit");
        return Of(offset, limit);
    }

    /// <summary>The page that is meant where anything may be said.</summary>
    public static Page Of(long offset, long limit) => new(Math.Max(offset, 0), limit <= 0 ? DefaultLimit : Math.Min(limit, MaxLimit));

    /// <summary>The entries of this page: none where it lies behind the end.</summary>
    public List<T> Of<T>(List<T> all)
    {
        int start = (int)Math.Min(Offset, all.Count);
        return all.GetRange(start, (int)Math.Min(Limit, all.Count - start));
    }
}
