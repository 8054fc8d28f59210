using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.InProcess;

namespace NatsKestrel.WebGateway.Http;

/// <summary>The in-process clients behind HTTP requests: one for each user, and one for each stream of events.</summary>
internal sealed class HttpClients(NatsServer server, NatsBrokerOptions options, IUserMapping users)
{
    // A request alone is no connection: what a user publishes one by one is done by one client, as long as there are not too many.
    private const int MaxShared = 1000;

    private readonly ConcurrentDictionary<NatsUser, InProcessClient> _shared = new();

    /// <summary>The client for the publishing and asking of a request's user.</summary>
    /// <exception cref="NatsException">The user is nobody here, or there is no room.</exception>
    public InProcessClient Shared(HttpContext http)
    {
        NatsUser user = UserOf(http);
        if (_shared.TryGetValue(user, out InProcessClient? existing) && !existing.IsClosed)
        {
            return existing;
        }

        if (existing is not null)
        {
            _shared.TryRemove(new(user, existing));
        }

        if (_shared.Count >= MaxShared)
        {
            throw new NatsException("maximum connections exceeded");
        }

        InProcessClient client = server.ConnectUser(new InProcessClientOptions { Name = "HTTP", Type = "http", User = user.Name, Account = user.Account }, ConnectionTypes.WebSocket);
        InProcessClient kept = _shared.GetOrAdd(user, client);
        if (kept != client)
        {
            client.Dispose();
        }

        return kept;
    }

    /// <summary>A client for one request, which stands for its sender.</summary>
    /// <inheritdoc cref="Shared" path="/exception"/>
    public InProcessClient Open(HttpContext http, string type)
    {
        NatsUser user = UserOf(http);
        return server.ConnectUser(new InProcessClientOptions
        {
            Type = type,
            User = user.Name,
            Account = user.Account,
            RemoteEndPoint = new IPEndPoint(http.Connection.RemoteIpAddress ?? IPAddress.None, http.Connection.RemotePort),
            MaxSubscriptions = options.Hub.MaxSubscriptions,
        }, ConnectionTypes.WebSocket);
    }

    private NatsUser UserOf(HttpContext http) => users.Map(http.User) ?? throw new NatsException("Authorization Violation");
}
