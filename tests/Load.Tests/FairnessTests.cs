using System.Diagnostics;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>A quiet client beside one that takes all it can get.</summary>
public sealed class FairnessTests
{
    [Theory]
    [InlineData("small messages nobody wants", 0, 16)]
    [InlineData("small messages for one subscriber", 1, 16)]
    [InlineData("small messages for 2,000 subscribers", 2000, 16)]
    [InlineData("messages of 60 kB for one subscriber", 1, 60_000)]
    [Trait("Safety", "SLOW-5")]
    public async Task A_quiet_client_is_answered_while_another_floods(string flood, int subscriptions, int payload)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await using LoadServer server = await LoadServer.StartAsync();
        using LoadClient subscriber = await LoadClient.ConnectAsync(
            server.Port, string.Concat(Enumerable.Range(0, subscriptions).Select(sid => $"SUB flood {sid}\r\n")), cancellationToken: cancellationToken);
        using LoadClient publisher = await LoadClient.ConnectAsync(server.Port, cancellationToken: cancellationToken);
        using LoadClient quiet = await LoadClient.ConnectAsync(server.Port, cancellationToken: cancellationToken);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<long> received = subscriber.DrainAsync(cancellationToken: enough.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        Task<long> sending = Flood.RunAsync(publisher, "flood", payload, stop.Token);
        var pings = new List<TimeSpan>();
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(LoadSize.Pick(10, 3)))
        {
            pings.Add(await quiet.PingAsync(cancellationToken));
            await Task.Delay(2, cancellationToken);
        }

        await stop.CancelAsync();
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        long sent = await sending;
        await enough.CancelAsync();
        await ((Task)received).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var spread = new Percentiles(pings);
        Report.Line("SLOW-5", $"{flood}: {sent / took.TotalSeconds:F0} messages/s; a quiet client's PING: {spread} (bar p99 50 ms, asserted 250 ms)");
        Assert.InRange(spread.At(0.99), TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
        server.AssertUnharmed();
    }
}
