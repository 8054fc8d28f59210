using System.Diagnostics;
using System.Net.Sockets;

namespace NatsKestrel.Load.Tests;

/// <summary>A client that begins something and goes on with one byte per second, until it is cut.</summary>
/// <param name="Kind">What it begins, in words.</param>
/// <param name="Port">The port on 127.0.0.1.</param>
/// <param name="Opening">What it sends at once. Text is Latin-1.</param>
/// <param name="Answer">What it waits for before it goes on; empty for nothing.</param>
/// <param name="Beginning">What it sends behind that answer.</param>
internal sealed record SlowSender(string Kind, int Port, string Opening, string Answer = "", string Beginning = "")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs so many of each at the same time.</summary>
    /// <returns>For each kind the times until its clients were cut.</returns>
    public static async Task<Dictionary<string, Percentiles>> CutAllAsync(IReadOnlyList<SlowSender> senders, int count, CancellationToken cancellationToken)
    {
        TimeSpan[][] all = await Task.WhenAll(senders.Select(sender => Task.WhenAll(Enumerable.Range(0, count).Select(_ => sender.CutAsync(cancellationToken)))));
        return senders.Zip(all).ToDictionary(pair => pair.First.Kind, pair => new Percentiles(pair.Second));
    }

    // Time from its last word in earnest until the server cuts it.
    private async Task<TimeSpan> CutAsync(CancellationToken cancellationToken)
    {
        using LoadClient client = await LoadClient.DialAsync(Port, cancellationToken: cancellationToken);
        await client.SendAsync(Opening, cancellationToken);
        if (Answer.Length > 0)
        {
            await client.ReadUntilAsync(Answer, cancellationToken);
            await client.SendAsync(Beginning, cancellationToken);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        Task<TimeSpan> cut = WaitForCutAsync(client, patience.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (!cut.IsCompleted)
        {
            await Task.WhenAny(cut, timer.WaitForNextTickAsync(cancellationToken).AsTask());
            await DribbleAsync(client);
        }

        return await cut;
    }

    private static async Task<TimeSpan> WaitForCutAsync(LoadClient client, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await client.DrainAsync(cancellationToken: cancellationToken);
        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task DribbleAsync(LoadClient client)
    {
        try
        {
            await client.SendAsync("x", CancellationToken.None);
        }
        catch (SocketException)
        {
            // Cut already.
        }
    }
}
