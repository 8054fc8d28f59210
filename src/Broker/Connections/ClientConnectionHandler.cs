using Microsoft.AspNetCore.Connections;

namespace NatsKestrel.Broker.Connections;

/// <summary>Where every client comes in, whatever carried its bytes here: raw TCP or WebSocket.</summary>
internal sealed class ClientConnectionHandler(ConnectionServices services) : ConnectionHandler
{
    private readonly LogLimiter _refusals = new(services.Time);

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = new ClientConnection(services.Registry.NextId(), "nats", connection, services);
        await client.RunAsync().ConfigureAwait(false);
        if (client.CloseReason == CloseReason.MaxConnectionsExceeded && _refusals.TryPass(out long count))
        {
            services.Logger.MaxConnectionsExceeded(services.Settings.MaxConnections, count);
        }
    }
}
