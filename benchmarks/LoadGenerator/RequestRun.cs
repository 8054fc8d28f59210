using System.Diagnostics;
using System.Globalization;
using System.Text;
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
        responder.Execute($"SUB {Subject} 1\r\n");
        requester.Execute("SUB _INBOX.load.* 1\r\n");
        byte[] request = server.Encode(Publish($"{Subject} {Inbox}", size)), reply = server.Encode(Publish(Inbox, size));
        int requestLength = Delivered($"{Subject} 1 {Inbox}", size), replyLength = Delivered($"{Inbox} 1", size);

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

    private static byte[] Publish(string arguments, int size) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"PUB {arguments} {size}\r\n{new string('x', size)}\r\n"));

    private static int Delivered(string arguments, int size) =>
        string.Create(CultureInfo.InvariantCulture, $"MSG {arguments} {size}\r\n").Length + size + 2;
}
