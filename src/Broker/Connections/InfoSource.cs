using System.Net;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>Makes the INFO that a client gets: at accept, after its first PING, and when the server is about to leave.</summary>
internal sealed class InfoSource(ServerIdentity identity, ConnectionSettings settings, NatsBrokerOptions options)
{
    private readonly (string Host, int? Port) _advertised = Advertised(options);

    /// <summary>The real client port; set when the server listens.</summary>
    public int Port { get; set; } = options.Port;

    /// <summary>The host that clients are told: the advertised one, else the configured one.</summary>
    public string Host => _advertised.Host;

    /// <summary>The port that clients are told: the advertised one, else the real one.</summary>
    public int AdvertisedPort => _advertised.Port ?? Port;

    public ServerInfo ForAccept(ClientConnection client) => new()
    {
        ServerId = identity.ServerId,
        ServerName = identity.ServerName,
        Version = ServerIdentity.Version,
        Go = ServerIdentity.GoVersion,
        Host = Host,
        Port = AdvertisedPort,
        Headers = settings.HeaderSupport,
        MaxPayload = settings.MaxPayload,
        ClientId = client.Id,
        ClientIp = Text(client.Remote?.Address),
        Xkey = identity.XKey,
    };

    public ServerInfo ForConnected(ClientConnection client) =>
        ForAccept(client) with { ConnectInfo = true, RemoteAccount = client.Account.Name };

    public ServerInfo ForLameDuck(ClientConnection client) => ForAccept(client) with { LameDuck = true };

    private static (string Host, int? Port) Advertised(NatsBrokerOptions options)
    {
        if (options.ClientAdvertise.Length == 0)
        {
            return (options.Host == "*" ? IPAddress.Any.ToString() : options.Host, null);
        }

        string host = options.ClientAdvertise;
        int? port = null;
        int colon = host.LastIndexOf(':');
        if (colon >= 0 && int.TryParse(host.AsSpan(colon + 1), out int number))
        {
            port = number;
            host = host[..colon];
        }

        // An IPv6 address stands without its brackets, as in nats-server: clients add them.
        return (host is ['[', .., ']'] ? host[1..^1] : host, port);
    }

    private static string? Text(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
}
