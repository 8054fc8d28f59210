using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Subjects;

/// <summary>What a match promises while others write: who is there all the time is found, who is not there all the time is not.</summary>
public class SublistConcurrencyTests(ITestOutputHelper output)
{
    private const int Writers = 2;
    private const int Readers = 2;
    private const int Slots = 60;
    private const int ChangesPerWriter = 15_000;

    private readonly Sublist<StampedEntry> _sublist = new(new SublistLimits(MaxTokens: 0, CacheEntries: 256));
    private readonly StampedEntry?[] _slots = new StampedEntry?[Writers * Slots];
    private long _clock = 1;
    private int _runningWriters = Writers;

    [Fact]
    public async Task A_match_finds_who_stays_and_not_who_left_while_writers_churn()
    {
        int seed = RandomSubjects.NewSeed(output.WriteLine);
        StampedEntry[] staying = Enumerable.Range(0, 100).Select(i => NewEntry(new RandomSubjects(seed + i))).ToArray();
        _sublist.InsertMany(staying);

        IEnumerable<Task<int>> writers = Enumerable.Range(0, Writers).Select(i => Start(() => Churn(i, new RandomSubjects(seed - 1 - i))));
        IEnumerable<Task<int>> readers = Enumerable.Range(0, Readers).Select(i => Start(() => MatchWhileWritersRun(staying, new RandomSubjects(~seed + i))));
        int[] counts = await Task.WhenAll([.. writers, .. readers]);

        output.WriteLine($"{counts[Writers..].Sum()} matches");
        _sublist.RemoveMany(staying);
        _sublist.RemoveMany([.. _slots.OfType<StampedEntry>()]);
        Assert.True(_sublist.IsStructureEmpty);
    }

    private static Task<int> Start(Func<int> body) =>
        Task.Factory.StartNew(body, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static StampedEntry NewEntry(RandomSubjects random) => new(random.Pattern(4), random.Queue());

    private int Churn(int writer, RandomSubjects random)
    {
        try
        {
            for (int i = 0; i < ChangesPerWriter; i++)
            {
                Change(ref _slots[(writer * Slots) + random.Next(Slots)], random);
            }

            return ChangesPerWriter;
        }
        finally
        {
            Interlocked.Decrement(ref _runningWriters);
        }
    }

    private void Change(ref StampedEntry? slot, RandomSubjects random)
    {
        if (slot is { } old)
        {
            old.RemovingAt = Interlocked.Increment(ref _clock);
            Assert.True(_sublist.Remove(old));
            old.RemovedAt = Interlocked.Increment(ref _clock);
            Volatile.Write(ref slot, null);
            return;
        }

        StampedEntry entry = NewEntry(random);
        _sublist.Insert(entry);
        Volatile.Write(ref slot, entry);
    }

    private int MatchWhileWritersRun(StampedEntry[] staying, RandomSubjects random)
    {
        var scratch = new MatchResult<StampedEntry>();
        var found = new HashSet<StampedEntry>();
        int matches = 0;
        for (; Volatile.Read(ref _runningWriters) > 0 || matches < 100; matches++)
        {
            byte[] subject = random.Subject(random.Next(2) + 2);
            StampedEntry[] before = [.. staying, .. _slots.OfType<StampedEntry>()];
            long start = Interlocked.Read(ref _clock);

            MatchResult<StampedEntry> result = _sublist.Match(subject, scratch);

            Collect(result, found);
            foreach (StampedEntry entry in found)
            {
                Assert.True(SubjectRules.Matches(entry.Subject, subject), $"{entry} does not match");
                Assert.False(entry.RemovedAt != 0 && entry.RemovedAt <= start, $"{entry} had left");
            }

            foreach (StampedEntry entry in before)
            {
                if (!found.Contains(entry) && SubjectRules.Matches(entry.Subject, subject))
                {
                    Assert.False(entry.RemovingAt == 0, $"{entry} was there");
                }
            }
        }

        return matches;
    }

    private static void Collect(MatchResult<StampedEntry> result, HashSet<StampedEntry> found)
    {
        found.Clear();
        foreach (StampedEntry entry in result.Plain)
        {
            Assert.True(entry.Queue.IsEmpty && found.Add(entry), $"{entry} found twice");
        }

        for (int i = 0; i < result.QueueCount; i++)
        {
            foreach (StampedEntry entry in result.Queue(i))
            {
                Assert.True(entry.Queue.SequenceEqual(result.Queue(i)[0].Queue) && found.Add(entry), $"{entry} found twice");
            }
        }
    }

    private sealed class StampedEntry(byte[] subject, byte[] queue) : SublistEntry
    {
        private long _removingAt;
        private long _removedAt;

        public override ReadOnlySpan<byte> Subject => subject;

        public override ReadOnlySpan<byte> Queue => queue;

        public long RemovingAt
        {
            get => Volatile.Read(ref _removingAt);
            set => Volatile.Write(ref _removingAt, value);
        }

        public long RemovedAt
        {
            get => Volatile.Read(ref _removedAt);
            set => Volatile.Write(ref _removedAt, value);
        }

        public override string ToString() => $"'{System.Text.Encoding.Latin1.GetString(subject)}'";
    }
}
