using System.Diagnostics;
using HdrHistogram;

namespace NatsKestrel.LoadGenerator;

/// <summary>One request after the other, from one connection to another and back.</summary>
internal static class RequestRun
{
    private const string Inbox = "_INBOX.load.1";
    private const string Subject = "bench.request";

    public static Figures Play(Server server, int count, int size)
    {
        using var responder = new Client(server);
        using var requester = new Client(server);
        Dialect dialect = server.Dialect;
        responder.Execute(dialect.Subscribe(Subject, ""));
        requester.Execute(dialect.Subscribe("_INBOX.load.*", ""));
        string payload = new('x', size);
        byte[] request = server.Encode(dialect.Publish(Subject, Inbox, payload)), reply = server.Encode(dialect.Publish(Inbox, "", payload));
        int requestLength = dialect.Delivered(Subject, Inbox, payload).Length, replyLength = dialect.Delivered(Inbox, "", payload).Length;

        var latencies = new LongHistogram(TimeSpan.FromMinutes(1).Ticks * 100, 3); // nanoseconds
        Exchange(count / 10, static _ => { });
        TimeSpan cpuBefore = server.ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        Exchange(count, elapsed => latencies.RecordValue((long)elapsed.TotalNanoseconds));
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        var figures = new Figures();
        figures.Add(Figure.RequestsPerSecond, count / took.TotalSeconds);
        figures.Add(Figure.MedianLatency, latencies.GetValueAtPercentile(50) / 1000.0);
        figures.Add(Figure.HighLatency, latencies.GetValueAtPercentile(99) / 1000.0);
        if (server.IsProcessKnown)
        {
            figures.Add(Figure.CpuPerRequest, (server.ProcessorTime - cpuBefore).TotalMicroseconds / count);
        }

        return figures;

        void Exchange(int times, Action<TimeSpan> record)
        {
            for (int i = 0; i < times; i++)
            {
                long asked = Stopwatch.GetTimestamp();
                requester.Send(request);
                responder.ReceiveMessage(requestLength);
                responder.Send(reply);
                requester.ReceiveMessage(replyLength);
                record(Stopwatch.GetElapsedTime(asked));
            }
        }
    }
}
