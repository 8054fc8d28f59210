namespace NatsKestrel.Load.Tests;

/// <summary>A few clients that were there before, and time what a PING costs them until they are told to stop.</summary>
internal sealed class Pingers : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop;
    private readonly LoadClient[] _clients;
    private readonly Task<List<TimeSpan>>[] _pings;

    public Pingers(LoadClient[] clients, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _clients = clients;
        _pings = [.. clients.Select(client => Task.Run(() => PingAsync(client)))];
    }

    /// <summary>Ends it.</summary>
    /// <returns>How long the PINGs took.</returns>
    public async Task<Percentiles> StopAsync()
    {
        await _stop.CancelAsync();
        return new Percentiles((await Task.WhenAll(_pings)).SelectMany(times => times));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (LoadClient client in _clients)
        {
            client.Dispose();
        }

        _stop.Dispose();
    }

    private async Task<List<TimeSpan>> PingAsync(LoadClient client)
    {
        var times = new List<TimeSpan>();
        while (!_stop.IsCancellationRequested)
        {
            times.Add(await client.PingAsync(CancellationToken.None));
            await Task.Delay(Pause, CancellationToken.None);
        }

        return times;
    }
}
