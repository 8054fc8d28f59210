using System.Text;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Subjects;

/// <summary>The cache of results as a sublist shows it.</summary>
public class MatchCacheTests
{
    private readonly MatchResult<TestEntry> _scratch = new();

    [Fact]
    [Trait("Safety", "SUBJ-5")]
    public void The_cache_keeps_to_its_bound_of_entries()
    {
        Sublist<TestEntry> sublist = With(new SublistLimits(CacheEntries: 100, CacheBytes: long.MaxValue), ">");

        PublishTwice(sublist, 5000);

        Assert.InRange(sublist.Statistics.CacheCount, 32, 100);
    }

    [Fact]
    [Trait("Safety", "SUBJ-5")]
    public void The_cache_keeps_to_its_bound_of_bytes()
    {
        Sublist<TestEntry> sublist = With(new SublistLimits(CacheEntries: 4096, CacheBytes: 50_000), [.. Enumerable.Repeat(">", 100)]);

        PublishTwice(sublist, 2000);

        Assert.InRange(sublist.CachedBytes, 25_000, 50_000);
        Assert.InRange(sublist.Statistics.CacheCount, 20, 60);
    }

    [Fact]
    [Trait("Safety", "SUBJ-5")]
    public void A_result_too_big_for_the_cache_is_not_cached()
    {
        Sublist<TestEntry> sublist = With(new SublistLimits(CacheBytes: 50_000), [.. Enumerable.Repeat(">", 10_000)]);

        PublishTwice(sublist, 100);

        Assert.Equal(0, sublist.CachedBytes);
        Assert.Equal(10_000, sublist.Match("a"u8, _scratch).PlainCount);
    }

    [Fact]
    [Trait("Safety", "SUBJ-5")]
    public async Task It_grows_with_what_is_kept_and_counts_every_byte_once()
    {
        Sublist<TestEntry> one = With(new SublistLimits(), ">");
        one.Match("s.0000"u8, _scratch);
        one.Match("s.0000"u8, _scratch);

        Sublist<TestEntry> sublist = With(new SublistLimits(), ">");
        string[] subjects = [.. Enumerable.Range(0, 1000).Select(i => $"s.{i:D4}")];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var scratch = new MatchResult<TestEntry>();
            for (int i = 0; i < 10 * subjects.Length; i++)
            {
                sublist.Match(Encoding.ASCII.GetBytes(subjects[(i + (thread * 250)) % subjects.Length]), scratch);
            }
        })));

        Assert.InRange(sublist.Statistics.CacheCount, 900, 1000);
        Assert.Equal(one.CachedBytes * sublist.Statistics.CacheCount, sublist.CachedBytes);
    }

    [Fact]
    public void Without_a_cache_every_match_fills_the_scratch()
    {
        Sublist<TestEntry> sublist = With(new SublistLimits(CacheEntries: 0), "a");

        for (int i = 0; i < 5; i++)
        {
            Assert.Same(_scratch, sublist.Match("a"u8, _scratch));
        }

        Assert.Equal(1, _scratch.PlainCount);
    }

    [Fact]
    public void Subjects_that_come_in_turn_all_get_into_the_cache()
    {
        Sublist<TestEntry> sublist = With(new SublistLimits(), ">");

        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 500; i++)
            {
                sublist.Match(Encoding.ASCII.GetBytes($"s.{i}"), _scratch);
            }
        }

        // The hash is seeded anew in each process: with some seeds a few subjects share a full set of places and take turns.
        Assert.InRange(sublist.Statistics.CacheCount, 450, 500);
    }

    [Fact]
    public void Negative_results_are_cached_too()
    {
        Sublist<TestEntry> sublist = With(new SublistLimits(), "a");

        PublishTwice(sublist, 1);
        MatchResult<TestEntry> result = sublist.Match("s.0"u8, _scratch);

        Assert.NotSame(_scratch, result);
        Assert.True(result.IsEmpty);
    }

    [Fact]
    public void Inboxes_that_come_and_go_leave_most_other_results_alone()
    {
        Sublist<TestEntry> sublist = With(new SublistLimits(), "*.x");
        byte[][] subjects = [.. Enumerable.Range(0, 50).Select(i => Encoding.ASCII.GetBytes($"{i}.x"))];
        foreach (byte[] subject in subjects.Concat(subjects))
        {
            sublist.Match(subject, _scratch);
        }

        var inbox = new TestEntry("_INBOX.abc");
        sublist.Insert(inbox);
        sublist.Remove(inbox);

        Assert.InRange(sublist.Statistics.CacheCount, 35, 50);
    }

    [Fact]
    public void A_wildcard_as_first_token_concerns_every_result()
    {
        Sublist<TestEntry> sublist = With(new SublistLimits(), "*");
        PublishTwice(sublist, 100);

        sublist.Insert(new TestEntry("*.never"));

        Assert.Equal(0, sublist.Statistics.CacheCount);
    }

    private static Sublist<TestEntry> With(SublistLimits limits, params string[] subjects)
    {
        var sublist = new Sublist<TestEntry>(limits);
        sublist.InsertMany([.. subjects.Select(subject => new TestEntry(subject))]);
        return sublist;
    }

    private void PublishTwice(Sublist<TestEntry> sublist, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] subject = Encoding.ASCII.GetBytes($"s.{i}");
            sublist.Match(subject, _scratch);
            sublist.Match(subject, _scratch);
        }
    }
}
