using System.Text;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class SubjectCountersTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Messages_are_counted_by_subject_with_their_rates()
    {
        var counters = new SubjectCounters();
        Publish(counters, "orders.eu", 4, isTaken: true);
        Publish(counters, "orders.eu", 2, isTaken: false);
        Publish(counters, "orders.us", 1, isTaken: true);

        AccountTraffic traffic = counters.Sample("A", Now, TimeSpan.FromSeconds(2));

        SubjectTraffic eu = Assert.Single(traffic.Subjects, subject => subject.Subject == "orders.eu");
        Assert.Equal((2, 1.0, 3.0, 1), (eu.Messages, eu.MessageRate, eu.ByteRate, eu.Undelivered));
        Assert.Equal(3, traffic.Tree.Find("orders")!.Messages);
        Assert.Null(traffic.Tree.Find("orders.jp"));
    }

    [Fact]
    public void The_second_sample_has_the_rates_of_the_time_between()
    {
        var counters = new SubjectCounters();
        Publish(counters, "a", 1, isTaken: true);
        counters.Sample("A", Now, TimeSpan.FromSeconds(1));

        SubjectTraffic traffic = Assert.Single(counters.Sample("A", Now.AddSeconds(1), TimeSpan.FromSeconds(1)).Subjects);

        Assert.Equal((1, 0.0), (traffic.Messages, traffic.MessageRate));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(1024, 1024)]
    [InlineData(1025, 2048)]
    [InlineData(64 * 1024 * 1024, 64L * 1024 * 1024)]
    [InlineData(int.MaxValue, 1L << 31)]
    public void Sizes_are_counted_by_powers_of_two(int bytes, long most)
    {
        Assert.Equal(most, SizeClass.Most(SizeClass.Of(bytes)));
        Assert.InRange(SizeClass.Of(bytes), 0, SizeClass.Count - 1);
    }

    [Fact]
    public void Sizes_are_counted_for_all_subjects_together()
    {
        var counters = new SubjectCounters();
        Publish(counters, "a", 5, isTaken: true);
        Publish(counters, "b", 8, isTaken: true);
        Publish(counters, "b", 9, isTaken: true);

        AccountTraffic traffic = counters.Sample("A", Now, TimeSpan.FromSeconds(1));

        Assert.Equal((2, 1), (traffic.Sizes[SizeClass.Of(8)], traffic.Sizes[SizeClass.Of(16)]));
    }

    [Fact]
    [Trait("Safety", "SUBJ-5")]
    public void Subjects_beyond_the_limit_are_counted_together()
    {
        var counters = new SubjectCounters();
        for (int i = 0; i < SubjectCounters.MaxSubjects + 500; i++)
        {
            Publish(counters, $"s.{i}", 1, isTaken: true);
        }

        AccountTraffic traffic = counters.Sample("A", Now, TimeSpan.FromSeconds(1));

        Assert.Equal((SubjectCounters.MaxSubjects, 500), (traffic.Subjects.Count, traffic.Other));
    }

    [Fact]
    public void Inboxes_are_one_subject()
    {
        var counters = new SubjectCounters();
        Publish(counters, "_INBOX.abc.1", 1, isTaken: true);
        Publish(counters, "_INBOX.def.2", 1, isTaken: true);

        Assert.Equal("_INBOX.>", Assert.Single(counters.Sample("A", Now, TimeSpan.FromSeconds(1)).Subjects).Subject);
    }

    [Fact]
    public void Counting_a_known_subject_allocates_nothing()
    {
        var counters = new SubjectCounters();
        byte[] subject = "orders.eu.created"u8.ToArray();
        var message = new Message { Subject = subject, Length = 10 };
        counters.OnPublished(in message, 1, true);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            counters.OnPublished(in message, 1, true);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Publish(SubjectCounters counters, string subject, int length, bool isTaken)
    {
        var message = new Message { Subject = Encoding.UTF8.GetBytes(subject), Length = length };
        counters.OnPublished(in message, 1, isTaken);
    }
}
