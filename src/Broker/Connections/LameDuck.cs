using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Connections;

/// <summary>Leaves without hurry: no new clients, a notice to those there are, and then one goodbye after the other.</summary>
internal sealed class LameDuck(
    ConnectionRegistry registry, ClientListener listener, ServerHealth health, NatsBrokerOptions options, TimeProvider time, ILogger<LameDuck> logger)
{
    // With few clients the goodbyes are still no further apart than this.
    private static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(1);

    private int _isEntered;

    /// <summary>Called once nobody comes in any more. Null where nobody wants to know.</summary>
    public Action? Entered { get; set; }

    /// <summary>Does it all; the second call and later ones do nothing.</summary>
    /// <returns>True where this was the first call.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isEntered, 1) == 1)
        {
            return false;
        }

        logger.LameDuck();
        health.IsLameDuck = true;
        health.IsListening = false;
        await listener.StopAcceptingAsync().ConfigureAwait(false);
        Entered?.Invoke();
        foreach (ClientConnection client in registry.Open)
        {
            client.SendLameDuckInfo();
        }

        if (registry.Count > 0)
        {
            await Task.Delay(options.LameDuck.GracePeriod, time, cancellationToken).ConfigureAwait(false);
            await CloseClientsAsync(cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task CloseClientsAsync(CancellationToken cancellationToken)
    {
        logger.ClosingClients();
        ClientConnection[] clients = [.. registry.Open];
        TimeSpan gap = (options.LameDuck.Duration - options.LameDuck.GracePeriod) / Math.Max(clients.Length, 1);
        gap = gap < MaxGap ? gap : MaxGap;
        Random.Shared.Shuffle(clients);

        // Many clients are closed several in a row: timers are no finer than this.
        var owed = TimeSpan.Zero;
        foreach (ClientConnection client in clients)
        {
            if (client.IsClosing)
            {
                continue;
            }

            client.Close(CloseReason.ServerShutdown);
            owed += gap * (0.5 + (Random.Shared.NextDouble() / 2));
            if (owed >= TimerWheel.Tick)
            {
                await Task.Delay(owed, time, cancellationToken).ConfigureAwait(false);
                owed = TimeSpan.Zero;
            }
        }
    }
}
