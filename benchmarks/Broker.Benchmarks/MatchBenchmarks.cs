using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Benchmarks;

/// <summary>Step 3: who gets a message, among very many subscriptions.</summary>
/// <remarks>A tenth of the subscriptions has a wildcard. Every subject that is matched has one plain receiver or two.</remarks>
[MemoryDiagnoser]
public class MatchBenchmarks
{
    private const int Matches = 1024;
    private const int DistinctSubjects = 64 * Matches;

    private readonly MatchResult<Entry> _scratch = new();
    private byte[][] _subjects = [];
    private Sublist<Entry> _cached = new(new SublistLimits());
    private Sublist<Entry> _uncached = new(new SublistLimits(CacheEntries: 0, CacheBytes: 0));
    private int _next;

    [Params(100_000, 1_000_000)]
    public int Subscriptions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _cached = Fill(new SublistLimits());
        _uncached = Fill(new SublistLimits(CacheEntries: 0, CacheBytes: 0));
        _subjects = [.. Enumerable.Range(0, DistinctSubjects).Select(i => Subject((int)(i * 7919L % Subscriptions), isWildcard: false))];
    }

    /// <summary>The same subject again and again: the cache answers.</summary>
    [Benchmark(OperationsPerInvoke = Matches)]
    public int Warm()
    {
        int receivers = 0;
        byte[] subject = _subjects[0];
        for (int i = 0; i < Matches; i++)
        {
            receivers += _cached.Match(subject, _scratch).PlainCount;
        }

        return receivers;
    }

    /// <summary>Many subjects in turn, and no cache: the trie answers, mostly from memory that no processor cache holds.</summary>
    [Benchmark(OperationsPerInvoke = Matches)]
    public int Cold()
    {
        int receivers = 0;
        for (int i = 0; i < Matches; i++)
        {
            receivers += _uncached.Match(_subjects[_next++ % DistinctSubjects], _scratch).PlainCount;
        }

        return receivers;
    }

    private Sublist<Entry> Fill(SublistLimits limits)
    {
        var sublist = new Sublist<Entry>(limits);
        for (int i = 0; i < Subscriptions; i++)
        {
            sublist.Insert(new Entry(Subject(i, isWildcard: i % 10 == 0)));
        }

        return sublist;
    }

    private static byte[] Subject(int number, bool isWildcard) => Encoding.Latin1.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"orders.{number / 1000}.{(isWildcard ? "*" : "item")}.{number}"));

    private sealed class Entry(byte[] subject) : SublistEntry
    {
        public override ReadOnlySpan<byte> Subject => subject;

        public override ReadOnlySpan<byte> Queue => [];
    }
}
