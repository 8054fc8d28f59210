using System.Text;
using Microsoft.AspNetCore.Http;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class MonitoringAnswerTests
{
    private static readonly DateTime Now = new(2026, 11, 26, 7, 44, 18, DateTimeKind.Utc);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)] // of many pieces
    public async Task A_long_answer_reads_as_if_it_was_written_at_once(int entries)
    {
        SubscriptionDetail[] list = [.. Enumerable.Range(0, entries).Select(i => new SubscriptionDetail("$G", "$G", $"subject.{i}.[]>", null, $"{i}", i, 0, (ulong)i))];
        var answer = new Subsz("N", Now, 1, 2, 3, 4, 5, 0.25, 6, 1.5, entries, 0, 1024, list);
        var context = new DefaultHttpContext();
        var body = new MemoryStream();
        context.Response.Body = body;

        await new MonitoringAnswer("").LongJsonAsync(context, answer, answer with { SubscriptionsList = [] }, MonitoringJson.Write, list, MonitoringJson.Write);

        Assert.Equal(Encoding.UTF8.GetString(GoJson.Bytes(answer, MonitoringJson.Write, GoJson.Indented)), Encoding.UTF8.GetString(body.ToArray()));
        Assert.Equal("application/json", context.Response.ContentType);
    }
}
