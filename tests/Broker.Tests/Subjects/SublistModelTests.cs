using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Subjects;

/// <summary>The sublist against a list that is searched from end to end.</summary>
public class SublistModelTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_changes_and_matches_agree_with_a_linear_scan()
    {
        var random = new RandomSubjects(RandomSubjects.NewSeed(output.WriteLine));
        var sublist = new Sublist<TestEntry>(new SublistLimits(MaxTokens: 0, CacheEntries: 64));
        var scratch = new MatchResult<TestEntry>();
        var model = new List<TestEntry>();
        for (int step = 0; step < 40_000; step++)
        {
            // Grows for a while, then shrinks, so that nodes are split and merged, tables grow and shrink.
            if (random.Next(100) < (step / 4000 % 2 == 0 ? 60 : 40) || model.Count == 0)
            {
                var entry = new TestEntry(random.Pattern(), random.Queue());
                sublist.Insert(entry);
                model.Add(entry);
            }
            else
            {
                int index = random.Next(model.Count);
                Assert.True(sublist.Remove(model[index]));
                Assert.False(sublist.Remove(model[index]));
                model.RemoveAt(index);
            }

            byte[] subject = random.Subject();
            AssertSame(model.Where(entry => SubjectRules.Matches(entry.Subject, subject)), sublist.Match(subject, scratch));
        }

        Assert.Equal(model.Count, sublist.Count);
        Assert.Equal(model.Count, sublist.RemoveMany(model.ToArray()));
        Assert.True(sublist.IsStructureEmpty);
    }

    [Fact]
    public void Questions_of_the_console_agree_with_a_linear_scan()
    {
        var random = new RandomSubjects(RandomSubjects.NewSeed(output.WriteLine));
        var sublist = new Sublist<TestEntry>(new SublistLimits());
        TestEntry[] model = [.. Enumerable.Range(0, 800).Select(_ => new TestEntry(random.Pattern(), random.Queue()))];
        sublist.InsertMany(model);
        for (int step = 0; step < 1000; step++)
        {
            byte[] subject = random.Subject();
            byte[] pattern = random.Pattern();
            var matching = new List<TestEntry>();
            var overlapping = new List<TestEntry>();

            sublist.CopyMatching(subject, matching);
            sublist.CopyOverlapping(pattern, overlapping);

            AssertSameEntries(model.Where(entry => SubjectRules.Matches(entry.Subject, subject)), matching);
            AssertSameEntries(model.Where(entry => SubjectRules.Overlaps(entry.Subject, pattern)), overlapping);
            AssertChildren(model, sublist, pattern);
        }

        AssertSameEntries(model, sublist.Entries());
    }

    private static void AssertChildren(TestEntry[] model, Sublist<TestEntry> sublist, byte[] prefix)
    {
        byte[] start = [.. prefix, (byte)'.'];
        TestEntry[] below = [.. model.Where(entry => entry.Subject.StartsWith(start))];

        Dictionary<string, SubjectChild> children = sublist.Children(prefix).ToDictionary(child => Convert.ToHexString(child.Token.Span));

        foreach (IGrouping<string, TestEntry> group in below.GroupBy(entry => Convert.ToHexString(FirstToken(entry.Subject[start.Length..]))))
        {
            SubjectChild child = children[group.Key];
            Assert.Equal(group.Count(entry => entry.Subject.Length == start.Length + child.Token.Length), child.Here);
            Assert.Equal(group.Count(), child.Here + child.Below);
            children.Remove(group.Key);
        }

        Assert.Empty(children);
    }

    private static byte[] FirstToken(ReadOnlySpan<byte> subject) => subject[..SubjectRules.TokenEnd(subject, 0)].ToArray();

    private static void AssertSame(IEnumerable<TestEntry> expected, MatchResult<TestEntry> result)
    {
        ILookup<string, TestEntry> groups = expected.ToLookup(entry => Convert.ToHexString(entry.Queue));
        AssertSameEntries(groups[""], result.Plain.ToArray());
        Assert.Equal(groups.Count(group => group.Key.Length > 0), result.QueueCount);
        Assert.Equal(groups[""].Any() || result.QueueCount > 0, !result.IsEmpty);
        for (int i = 0; i < result.QueueCount; i++)
        {
            TestEntry[] members = result.Queue(i).ToArray();
            AssertSameEntries(groups[Convert.ToHexString(members[0].Queue)], members);
        }
    }

    private static void AssertSameEntries(IEnumerable<TestEntry> expected, IEnumerable<TestEntry> actual)
    {
        var seen = new HashSet<TestEntry>();
        Assert.All(actual, entry => Assert.True(seen.Add(entry), "found twice"));
        Assert.True(seen.SetEquals(expected));
    }
}
