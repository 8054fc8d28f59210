using Microsoft.AspNetCore.Connections;

namespace NatsKestrel.Broker.Connections;

/// <summary>Where every client comes in, whatever carried its bytes here: raw TCP or WebSocket.</summary>
internal sealed class ClientConnectionHandler(ConnectionServices services) : ConnectionHandler
{
    private readonly LogLimiter _refusals = new(services.Time);

    /// <inheritdoc/>
    public override Task OnConnectedAsync(ConnectionContext connection) => ServeAsync(connection, "nats");

    /// <summary>Serves a client until it ends.</summary>
    /// <param name="connection">Its connection; a <see cref="ClientDoor"/> among its features where it came in by another door.</param>
    /// <param name="type">How it came in, as <c>/connz</c> names it.</param>
    /// <returns>Why it ended.</returns>
    public async Task<CloseReason> ServeAsync(ConnectionContext connection, string type)
    {
        var client = new ClientConnection(services.Registry.NextId(), type, connection, services);
        await client.RunAsync().ConfigureAwait(false);
        if (client.CloseReason == CloseReason.MaxConnectionsExceeded && _refusals.TryPass(out long count))
        {
            services.Logger.MaxConnectionsExceeded(services.Settings.MaxConnections, count);
        }

        return client.CloseReason;
    }
}
