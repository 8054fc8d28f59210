using System.Text;
using BenchmarkDotNet.Attributes;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Benchmarks;

/// <summary>Step 2: what is asked of a subject before anything is looked up.</summary>
[MemoryDiagnoser]
public class SubjectBenchmarks
{
    private byte[] _subject = [];

    [Params("orders.new", "orders.europe.1234", "orders.europe.germany.berlin.warehouse.12.shelf.7.bin.3.item.42")]
    public string Subject { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _subject = Encoding.Latin1.GetBytes(Subject);

    [Benchmark]
    public bool CountTokens() => SubjectRules.TryCountTokens(_subject, out _);

    /// <summary>What <see cref="CountTokens"/> is instead of: the same answer by the framework's vector searches.</summary>
    [Benchmark]
    public bool CountTokensBySearching()
    {
        ReadOnlySpan<byte> subject = _subject;
        bool hasEmptyToken = subject.IsEmpty || subject[0] == '.' || subject[^1] == '.' || subject.IndexOf(".."u8) >= 0;
        return !hasEmptyToken & subject.Count((byte)'.') >= 0;
    }

    [Benchmark]
    public bool ValidatePublish() => SubjectRules.IsValidPublish(_subject);

    [Benchmark]
    public bool ValidateSubscription() => SubjectRules.IsValidSubscription(_subject);

    [Benchmark]
    public ulong Hash() => SubjectHash.Compute(_subject);
}
