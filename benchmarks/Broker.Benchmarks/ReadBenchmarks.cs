using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Benchmarks;

/// <summary>Step 1 of a message's path: a command is read off the front of what was received.</summary>
[MemoryDiagnoser]
public class ReadBenchmarks
{
    private const int Commands = 1000;

    private static readonly ParserLimits Limits = new();

    // The same PUB three ways: as libraries write it; with one blank too many, which leaves it to the general path; with a
    // line of more than the 64 bytes that the quick path looks at.
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["PUB"] = "PUB bench.subject 16\r\n0123456789abcdef\r\n",
        ["PUB, two blanks"] = "PUB bench.subject  16\r\n0123456789abcdef\r\n",
        ["PUB, long line"] = "PUB orders.europe.germany.berlin.warehouse.12 _INBOX.Zk2mQ4vT8xYb1nLw.Rs7d 16\r\n0123456789abcdef\r\n",
        ["HPUB"] = "HPUB bench.subject 23 39\r\nNATS/1.0\r\nName: Val\r\n\r\n0123456789abcdef\r\n",
        ["SUB"] = "SUB bench.subject.* workers 12\r\n",
        ["UNSUB"] = "UNSUB 12 5\r\n",
        ["PING"] = "PING\r\n",
    };

    private ReadOnlySequence<byte> _input;

    [ParamsSource(nameof(Names))]
    public string Command { get; set; } = "PUB";

    public static IEnumerable<string> Names => Texts.Keys;

    [GlobalSetup]
    public void Setup() => _input = new(Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(Texts[Command], Commands))));

    [Benchmark(OperationsPerInvoke = Commands)]
    public int Read()
    {
        var reader = new CommandReader(in _input, Limits, acceptsHeaders: true);
        int kinds = 0;
        while (reader.TryRead())
        {
            kinds += (int)reader.Kind;
        }

        reader.Dispose();
        return kinds;
    }
}
