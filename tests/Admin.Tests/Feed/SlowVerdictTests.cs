using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class SlowVerdictTests
{
    [Fact]
    public void The_verdict_names_the_limit_the_subject_and_the_growth()
    {
        var verdict = SlowVerdict.Of(Event(CloseReason.SlowConsumerPendingBytes, pending: 10_000_000, [("ticks.eu", 92), ("ticks.us", 8)], [1_048_576, 3_145_728]));

        Assert.Contains("9.5 MiB, the limit is 9.5 MiB", verdict.Cause, StringComparison.Ordinal);
        Assert.Contains("The subject ticks.eu is 92 % of what waited; its queue grew by 2.0 MiB a second", verdict.Finding, StringComparison.Ordinal);
        Assert.Contains("all of ticks.eu", verdict.Advice[0], StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_took_nothing_stood_still()
    {
        var verdict = SlowVerdict.Of(Event(CloseReason.SlowConsumerWriteDeadline, pending: 1000, [("a", 1)], []));

        Assert.Contains("took no byte", verdict.Cause, StringComparison.Ordinal);
        Assert.Contains("stood still", verdict.Advice[0], StringComparison.Ordinal);
    }

    private static SlowConsumerEvent Event(CloseReason reason, long pending, (string Subject, long Bytes)[] subjects, long[] samples)
    {
        ConnectionSnapshot connection = ConnectionFilterTests.Row(pending: pending).Connection with { Reason = reason };
        return new SlowConsumerEvent(
            connection.Start.AddSeconds(10), connection, 10_000_000, samples, [], [.. subjects.Select(s => new SlowConsumerSubject(s.Subject, 1, s.Bytes))], 100);
    }
}
