using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Subjects;

/// <summary>What subscriptions and matches cost in memory. Runs alone, for others allocate too.</summary>
[Collection(nameof(Measurements))]
public class SublistCostTests(ITestOutputHelper output)
{
    private const int Many = 200_000;

    private readonly Sublist<TestEntry> _sublist = new(new SublistLimits());
    private readonly MatchResult<TestEntry> _scratch = new();

    [Fact]
    public void A_match_that_the_cache_answers_allocates_nothing()
    {
        _sublist.Insert(new TestEntry("a.b"));
        Assert.Equal(0, AllocatedBy(() => _sublist.Match("a.b"u8, _scratch)));
        Assert.NotSame(_scratch, _sublist.Match("a.b"u8, _scratch));
    }

    [Fact]
    public void A_match_that_walks_allocates_nothing()
    {
        var sublist = new Sublist<TestEntry>(new SublistLimits(CacheEntries: 0));
        foreach (string subject in new[] { "a.b.c", "a.*.c", "*.b.*", "*.*.>", ">", "a.>" })
        {
            sublist.InsertMany([new TestEntry(subject), new TestEntry(subject, "g"), new TestEntry(subject, subject)]);
        }

        Assert.Equal(0, AllocatedBy(() => sublist.Match("a.b.c"u8, _scratch)));
        Assert.Equal((6, 7), (_scratch.PlainCount, _scratch.QueueCount));
    }

    [Fact]
    [Trait("Safety", "SUBJ-5")]
    public void A_subject_whose_subscriptions_change_with_each_message_is_not_cached()
    {
        TestEntry[] entries = [.. Enumerable.Range(0, 5000).Select(_ => new TestEntry("a.b"))];
        TestEntry last = new("a.*");
        _sublist.InsertMany(entries);

        long each = AllocatedBy(() =>
        {
            _sublist.Insert(last);
            _sublist.Match("a.b"u8, _scratch);
            _sublist.Remove(last);
        });

        output.WriteLine($"{each} bytes per change, of which the node takes most");
        Assert.InRange(each, 0, 1000);
    }

    [Fact]
    [Trait("Safety", "SUBJ-6")]
    public void A_million_distinct_subjects_take_less_than_a_megabyte()
    {
        _sublist.Insert(new TestEntry("x.>"));
        byte[] subject = "x.0000000"u8.ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1_000_000; i++)
        {
            Utf8Formatter.TryFormat(i, subject.AsSpan(2), out int length);
            _sublist.Match(subject.AsSpan(0, 2 + length), _scratch);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{allocated} bytes");
        Assert.InRange(allocated, 0, 1024 * 1024);
    }

    [Fact]
    public void Two_hundred_thousand_subscriptions_take_at_most_130_bytes_each_in_the_sublist()
    {
        TestEntry[] entries = [.. Enumerable.Range(0, Many).Select(i => new TestEntry($"some.subject.{i}"))];
        long before = GC.GetTotalMemory(forceFullCollection: true);

        _sublist.InsertMany(entries);

        double each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Many;
        output.WriteLine($"{each:F1} bytes");
        Assert.InRange(each, 1, 130);
        GC.KeepAlive(entries);
    }

    [Theory]
    [Trait("Safety", "SUBJ-3")]
    [InlineData("short")]
    [InlineData("2,000 tokens of their own")]
    [InlineData("2,000 tokens, parting at each")]
    [InlineData("2,000 wildcards")]
    [InlineData("wildcards and literals, parting at each")]
    [InlineData("prefixes")]
    [InlineData("queue groups")]
    public void Memory_per_subscription_follows_its_bytes_on_the_wire(string shape)
    {
        const int Count = 1000;
        long wire = Enumerable.Range(0, Count).Select(i => Shaped(shape, i)).Sum(entry => (long)entry.Subject.Length + entry.Queue.Length);

        // The median of five: what earlier tests left running takes memory for itself now and then, or gives it back.
        long taken = Enumerable.Range(0, 5).Select(_ => TakenBy(shape, Count)).Order().ElementAt(2);

        output.WriteLine($"{taken / Count} bytes each, {(double)taken / wire:F1} x wire bytes");
        Assert.InRange(taken, 1, (32 * wire) + (512L * Count));
    }

    [Fact]
    [Trait("Safety", "SUBJ-8")]
    public void Two_hundred_thousand_subscriptions_of_one_connection_go_quickly()
    {
        TestEntry[] entries = [.. Enumerable.Range(0, Many).Select(i => new TestEntry($"some.subject.{i}"))];
        _sublist.InsertMany(entries);
        long start = Stopwatch.GetTimestamp();

        Assert.Equal(Many, _sublist.RemoveMany(entries));

        AssertQuick(start);
        Assert.True(_sublist.IsStructureEmpty);
    }

    [Fact]
    [Trait("Safety", "SUBJ-8")]
    public void Fifty_thousand_subscribers_of_one_subject_come_and_go_quickly()
    {
        TestEntry[] entries = [.. Enumerable.Range(0, 50_000).Select(i => new TestEntry("one.subject", i % 2 == 0 ? "" : "group"))];
        long start = Stopwatch.GetTimestamp();

        _sublist.InsertMany(entries);
        MatchResult<TestEntry> result = _sublist.Match("one.subject"u8, _scratch);
        Assert.Equal((25_000, 25_000), (result.PlainCount, result.Queue(0).Length));
        new Random(1).Shuffle(entries);
        _sublist.RemoveMany(entries);

        AssertQuick(start);
        Assert.True(_sublist.IsStructureEmpty);
    }

    [Fact]
    public void A_scratch_result_gives_back_the_room_of_a_huge_fan_out()
    {
        _sublist.InsertMany([.. Enumerable.Range(0, 100_000).Select(_ => new TestEntry("one.subject"))]);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        Assert.Equal(100_000, _sublist.Match("one.subject"u8, _scratch).PlainCount);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 800_000, long.MaxValue);
        _sublist.Match("other"u8, _scratch);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100_000);
    }

    [Fact]
    public void A_closed_subscription_is_kept_alive_neither_by_the_cache_nor_by_a_scratch_result()
    {
        WeakReference removed = InsertMatchAndRemove();

        _sublist.Match("other"u8, _scratch);
        GC.Collect();

        Assert.False(removed.IsAlive);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference InsertMatchAndRemove()
    {
        var entry = new TestEntry("a.b");
        _sublist.Insert(entry);
        for (int i = 0; i < 3; i++)
        {
            _sublist.Match("a.b"u8, _scratch);
        }

        Assert.Equal(1, _sublist.Statistics.CacheCount);
        _sublist.Remove(entry);
        return new WeakReference(entry);
    }

    /// <summary>Bytes that so many subscriptions of a shape hold.</summary>
    private static long TakenBy(string shape, int count)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var sublist = new Sublist<TestEntry>(new SublistLimits(MaxTokens: 0));
        var entries = new TestEntry[count];
        for (int i = 0; i < count; i++)
        {
            entries[i] = Shaped(shape, i);
        }

        sublist.InsertMany(entries);
        long taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(sublist);
        return taken;
    }

    private static TestEntry Shaped(string shape, int i) => shape switch
    {
        "short" => new TestEntry($"{i}"),
        "2,000 tokens of their own" => new TestEntry($"{i}" + Repeat(".a", 2000)),
        "2,000 tokens, parting at each" => new TestEntry("a" + Repeat(".a", i * 2) + ".b" + Repeat(".a", 2000 - (i * 2))),
        "2,000 wildcards" => new TestEntry($"{i}" + Repeat(".*", 2000)),
        "wildcards and literals, parting at each" => new TestEntry("a" + Repeat(".*.a", i) + ".b" + Repeat(".*.a", 1000 - i)),
        "prefixes" => new TestEntry("a" + Repeat(".a", i)),
        _ => new TestEntry($"{i}", $"{i}"),
    };

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    /// <summary>Bytes per call, once everything that is made once has been made.</summary>
    private static long AllocatedBy(Action action)
    {
        const int Calls = 100;
        for (int i = 0; i < 10; i++)
        {
            action();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            action();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }

    /// <summary>The bound is one second on an idle machine; five tell quadratic from linear on one that builds meanwhile.</summary>
    private void AssertQuick(long start)
    {
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"{taken.TotalMilliseconds:F0} ms");
        Assert.InRange(taken, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
