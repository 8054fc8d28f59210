using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.InProcess;

namespace NatsKestrel.WebGateway.Hub;

/// <summary>The in-process clients behind SignalR connections: one for each.</summary>
internal sealed class HubClients(NatsServer server, NatsBrokerOptions options, IUserMapping users)
{
    /// <summary>Longest wait for an answer, in milliseconds.</summary>
    public const int MaxTimeout = 60_000;

    private static readonly object Key = new();

    private readonly ConcurrentDictionary<(string?, string), int> _connections = new();

    /// <summary>The client of a connection.</summary>
    public static InProcessClient Of(HubCallerContext context) =>
        context.Items.TryGetValue(Key, out object? opened) && opened is Opened { Client: var client } ? client : throw new NatsException("The connection has no client.");

    /// <summary>Makes a client for a new connection.</summary>
    /// <exception cref="NatsException">There is no room, or the user is nobody here.</exception>
    public void Open(HubCallerContext context, HttpContext http)
    {
        NatsUser user = users.Map(context.User ?? new()) ?? throw new NatsException("Authorization Violation");
        var holder = (user.Account, user.Name);
        if (_connections.AddOrUpdate(holder, 1, (_, count) => count + 1) > options.Hub.MaxConnectionsPerUser)
        {
            Release(holder);
            throw new NatsException("maximum connections exceeded");
        }

        try
        {
            InProcessClient client = server.ConnectUser(new InProcessClientOptions
            {
                Name = context.ConnectionId,
                Type = "signalr",
                User = user.Name,
                Account = user.Account,
                RemoteEndPoint = new IPEndPoint(http.Connection.RemoteIpAddress ?? IPAddress.None, http.Connection.RemotePort),
                MaxSubscriptions = options.Hub.MaxSubscriptions,
            }, ConnectionTypes.WebSocket);
            client.Ended = context.Abort;
            context.Items[Key] = new Opened(client, holder);
        }
        catch
        {
            Release(holder);
            throw;
        }
    }

    /// <summary>Subscribes for a stream.</summary>
    /// <exception cref="NatsException">It is not allowed.</exception>
    public InProcessSubscription Subscribe(HubCallerContext context, string subject, string? queueGroup) =>
        Of(context).Subscribe(subject, new SubscribeOptions
        {
            QueueGroup = string.IsNullOrEmpty(queueGroup) ? null : queueGroup,
            MaxPendingMessages = options.Hub.MaxPendingMessages,
        });

    /// <summary>Ends a connection's client.</summary>
    public async Task CloseAsync(HubCallerContext context)
    {
        if (context.Items.Remove(Key, out object? opened) && opened is Opened { Client: var client, Holder: var holder })
        {
            Release(holder);
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Who has none left is forgotten: names may come from outside.
    private void Release((string?, string) holder)
    {
        if (_connections.AddOrUpdate(holder, 0, (_, count) => count - 1) <= 0)
        {
            _connections.TryRemove(new(holder, 0));
        }
    }

    private sealed record Opened(InProcessClient Client, (string?, string) Holder);
}
