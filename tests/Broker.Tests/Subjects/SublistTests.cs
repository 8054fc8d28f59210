using System.Text;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Subjects;

public class SublistTests
{
    private readonly Sublist<TestEntry> _sublist = new(new SublistLimits(MaxTokens: 16, CacheEntries: 64));
    private readonly MatchResult<TestEntry> _scratch = new();

    [Fact]
    public void An_empty_sublist_matches_nothing()
    {
        Assert.True(Match("a.b").IsEmpty);
        Assert.Equal(0, _sublist.Count);
    }

    [Fact]
    public void A_subscription_gets_its_own_subject_only()
    {
        TestEntry entry = Add("a.b");

        Assert.Equal([entry], Match("a.b").Plain.ToArray());
        Assert.True(Match("a").IsEmpty);
        Assert.True(Match("a.b.c").IsEmpty);
        Assert.True(Match("a.bc").IsEmpty);
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData(".")]
    [InlineData("")]
    public void A_subject_with_an_empty_token_matches_nothing(string subject)
    {
        Add(">");
        Add("*.>");

        Assert.True(Match(subject).IsEmpty);
    }

    [Fact]
    public void Wildcards_in_a_published_subject_are_text()
    {
        Add("a.b");
        TestEntry[] expected = [Add("a.*"), Add("a.>"), Add(">")];

        Assert.Equivalent(expected, Match("a.*").Plain.ToArray());
        Assert.Equivalent(new[] { Add("*"), expected[2] }, Match(">").Plain.ToArray());
    }

    [Fact]
    public void Stars_inside_a_token_are_text()
    {
        TestEntry entry = Add("a*.>b");

        Assert.Equal([entry], Match("a*.>b").Plain.ToArray());
        Assert.True(Match("ab.cb").IsEmpty);
    }

    [Fact]
    public void Every_subscription_of_a_subject_gets_its_copy()
    {
        TestEntry[] entries = [Add("a.b"), Add("a.b"), Add("a.*"), Add(">")];

        Assert.Equivalent(entries, Match("a.b").Plain.ToArray());
    }

    [Fact]
    public void A_queue_group_is_one_whatever_subjects_its_members_have()
    {
        TestEntry[] members = [Add("q.a", "g"), Add("q.*", "g"), Add("q.a", "g"), Add(">", "g")];
        TestEntry other = Add("q.>", "h");

        MatchResult<TestEntry> result = Match("q.a");

        Assert.Equal(2, result.QueueCount);
        Assert.Equal(0, result.PlainCount);
        int index = result.Queue(0).Length == 1 ? 1 : 0;
        Assert.Equivalent(members, result.Queue(index).ToArray());
        Assert.Equal([other], result.Queue(1 - index).ToArray());
    }

    [Fact]
    public void Hundreds_of_queue_groups_are_merged_by_name()
    {
        foreach (string subject in new[] { "a.b", "a.*", "*.b", ">" })
        {
            for (int i = 0; i < 300; i++)
            {
                Add(subject, $"group-{i}");
            }
        }

        MatchResult<TestEntry> result = Match("a.b");

        Assert.Equal(300, result.QueueCount);
        for (int i = 0; i < result.QueueCount; i++)
        {
            Assert.Equal(4, result.Queue(i).Length);
            Assert.Single(result.Queue(i).ToArray().Select(member => Encoding.Latin1.GetString(member.Queue)).Distinct());
        }
    }

    [Fact]
    public void Queue_names_are_compared_as_bytes_and_have_no_grammar()
    {
        Add("a", "q*");
        Add("a", "q..r");
        Add("*", "q*");

        Assert.Equal(2, Match("a").QueueCount);
    }

    [Fact]
    public void A_change_shows_in_the_next_match_though_the_result_was_cached()
    {
        Add("a.b");
        for (int i = 0; i < 3; i++)
        {
            Match("a.b");
        }

        Assert.NotSame(_scratch, Match("a.b"));
        TestEntry second = Add("*.b");
        Assert.Equal(2, Match("a.b").PlainCount);
        Assert.True(_sublist.Remove(second));
        Assert.Equal(1, Match("a.b").PlainCount);
    }

    [Fact]
    public void A_cached_result_stays_as_it_was()
    {
        TestEntry entry = Add("a.b");
        Match("a.b");
        Match("a.b");
        MatchResult<TestEntry> cached = Match("a.b");

        Add("a.b");
        Match("x.y");

        Assert.NotSame(_scratch, cached);
        Assert.Equal([entry], cached.Plain.ToArray());
    }

    [Fact]
    public void Removing_what_is_not_there_is_answered_with_false()
    {
        TestEntry entry = Add("a.b.c");

        Assert.False(_sublist.Remove(new TestEntry("a.b.c")));
        Assert.False(_sublist.Remove(new TestEntry("a.b")));
        Assert.False(_sublist.Remove(new TestEntry("a.b.c", "g")));
        Assert.True(_sublist.Remove(entry));
        Assert.False(_sublist.Remove(entry));
        Assert.True(_sublist.IsStructureEmpty);
    }

    [Fact]
    public void An_entry_can_come_back_after_it_was_removed()
    {
        TestEntry entry = Add("a.b");
        _sublist.Remove(entry);

        _sublist.Insert(entry);

        Assert.Equal([entry], Match("a.b").Plain.ToArray());
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("")]
    [InlineData("a.>.b")]
    public void An_invalid_subject_is_refused(string subject) =>
        Assert.Throws<ArgumentException>(() => _sublist.Insert(new TestEntry(subject)));

    [Fact]
    public void An_entry_is_refused_while_it_is_in_a_sublist() =>
        Assert.Throws<ArgumentException>(() => _sublist.Insert(Add("a")));

    [Fact]
    [Trait("Safety", "SUBJ-1")]
    public void A_subject_with_more_tokens_than_allowed_matches_nothing_and_says_so()
    {
        Add(">");

        MatchResult<TestEntry> most = Match(string.Join('.', Enumerable.Repeat("a", 16)));
        Assert.Equal((false, 1), (most.TooManyTokens, most.PlainCount));

        MatchResult<TestEntry> more = Match(string.Join('.', Enumerable.Repeat("a", 17)));
        Assert.Equal((true, 0), (more.TooManyTokens, more.PlainCount));

        Assert.False(Match("a").TooManyTokens);
    }

    [Fact]
    [Trait("Safety", "SUBJ-1")]
    public void Without_a_limit_any_number_of_tokens_matches()
    {
        var sublist = new Sublist<TestEntry>(new SublistLimits(MaxTokens: 0));
        sublist.Insert(new TestEntry(">"));

        byte[] subject = Encoding.ASCII.GetBytes(string.Join('.', Enumerable.Repeat("a", 5000)));

        Assert.Equal(1, sublist.Match(subject, _scratch).PlainCount);
    }

    [Fact]
    [Trait("Safety", "SUBJ-2")]
    public void A_trie_thousands_of_levels_deep_needs_no_more_stack_than_a_flat_one()
    {
        const int Depth = 3000;
        var sublist = new Sublist<TestEntry>(new SublistLimits(MaxTokens: 0));
        byte[] longest = Encoding.ASCII.GetBytes(string.Join('.', Enumerable.Repeat("a", Depth)));
        TestEntry[] entries = [.. Enumerable.Range(1, Depth).Select(tokens => new TestEntry(longest[..((tokens * 2) - 1)], []))];
        (int found, int removed) = (0, 0);

        var thread = new Thread(
            () =>
            {
                sublist.InsertMany(entries);
                found = sublist.Match(longest, _scratch).PlainCount + sublist.Entries().Count();
                removed = sublist.RemoveMany(entries);
            },
            maxStackSize: 128 * 1024);
        thread.Start();
        thread.Join();

        Assert.Equal((1 + Depth, Depth), (found, removed));
        Assert.True(sublist.IsStructureEmpty);
    }

    [Fact]
    [Trait("Safety", "SUBJ-6")]
    public void Overlapping_wildcards_are_each_found_once()
    {
        const int Tokens = 10;
        for (int mask = 0; mask < 1 << Tokens; mask++)
        {
            int stars = mask;
            Add(string.Join('.', Enumerable.Range(0, Tokens).Select(i => (stars >> i & 1) == 0 ? "a" : "*")));
        }

        TestEntry[] found = Match(string.Join('.', Enumerable.Repeat("a", Tokens))).Plain.ToArray();

        Assert.Equal(1 << Tokens, found.Length);
        Assert.Equal(found.Length, found.Distinct().Count());
    }

    [Fact]
    public void A_hundred_thousand_random_subjects_leave_nothing_behind()
    {
        var random = new RandomSubjects(RandomSubjects.NewSeed(TestContext.Current.TestOutputHelper!.WriteLine));
        TestEntry[] entries = [.. Enumerable.Range(0, 100_000).Select(_ => new TestEntry(random.Pattern(8), random.Queue()))];
        _sublist.InsertMany(entries);
        Assert.Equal(entries.Length, _sublist.Count);
        new Random(1).Shuffle(entries);

        foreach (TestEntry entry in entries)
        {
            Assert.True(_sublist.Remove(entry));
        }

        Assert.Equal(0, _sublist.Count);
        Assert.True(_sublist.IsStructureEmpty);
    }

    [Fact]
    public void Children_of_a_prefix_are_counted()
    {
        Add("orders.eu.new");
        Add("orders.eu.old");
        Add("orders.eu");
        Add("orders.*", "g");
        Add("other");

        Assert.Equivalent(new[] { ("orders", 0, 4), ("other", 1, 0) }, Children(""));
        Assert.Equivalent(new[] { ("eu", 1, 2), ("*", 1, 0) }, Children("orders"));
        Assert.Equivalent(new[] { ("new", 1, 0), ("old", 1, 0) }, Children("orders.eu"));
        Assert.Empty(Children("orders.eu.new"));
        Assert.Empty(Children("ord"));
    }

    [Fact]
    public void Statistics_tell_what_was_done()
    {
        Add("a.b");
        Add("a.*");
        Add("a.*", "g");
        _sublist.Remove(Add("x"));
        for (int i = 0; i < 4; i++)
        {
            Match("a.b");
        }

        Match("nobody");
        Match("nobody");

        SublistStatistics statistics = _sublist.Statistics;
        Assert.Equal((3, 4, 1), (statistics.Count, statistics.Inserts, statistics.Removes));
        Assert.Equal((6, 2, 2), (statistics.Matches, statistics.CacheHits, statistics.CacheCount));
        Assert.Equal((3, 1.5), (statistics.MaxFanout, statistics.AverageFanout));
        Assert.Equal(6, (statistics + statistics).Count);
    }

    private TestEntry Add(string subject, string queue = "")
    {
        var entry = new TestEntry(subject, queue);
        _sublist.Insert(entry);
        return entry;
    }

    private MatchResult<TestEntry> Match(string subject) => _sublist.Match(Encoding.Latin1.GetBytes(subject), _scratch);

    private (string Token, int Here, int Below)[] Children(string prefix) =>
        [.. _sublist.Children(Encoding.Latin1.GetBytes(prefix)).Select(child => (Encoding.Latin1.GetString(child.Token.Span), child.Here, child.Below))];
}
