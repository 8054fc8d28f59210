using System.Collections.Concurrent;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Requests per monitoring path, as <c>/varz</c> shows them in <c>http_req_stats</c>.</summary>
internal sealed class HttpRequestCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts one request. <paramref name="path"/> is one of our own constants, never what a client sent.</summary>
    public void Count(string path) => _counts.AddOrUpdate(path, 1, static (_, count) => count + 1);

    /// <summary>Paths asked for at least once, in order of the path.</summary>
    public IReadOnlyDictionary<string, long> Snapshot() => new SortedDictionary<string, long>(_counts, StringComparer.Ordinal);
}
