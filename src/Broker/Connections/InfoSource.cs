using System.Net;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>Makes the INFO that a client gets: at accept, after its first PING, and when the server is about to leave.</summary>
internal sealed class InfoSource(
    ServerIdentity identity, LiveSettings settings, NatsBrokerOptions options, AccountDirectory accounts, Authenticator authenticator) : IReloadable
{
    private volatile Tuple<string, int?> _advertised = Advertised(options.ClientAdvertise, options.Host);

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["Nats:ClientAdvertise"];

    /// <summary>The real client port; set when the server listens.</summary>
    public int Port { get; set; } = options.Port;

    /// <summary>The name of this server.</summary>
    public string ServerName => identity.ServerName;

    /// <summary>The host that clients are told: the advertised one, else the configured one.</summary>
    public string Host => _advertised.Item1;

    /// <summary>The port that clients are told: the advertised one, else the real one.</summary>
    public int AdvertisedPort => _advertised.Item2 ?? Port;

    /// <summary>What a client is greeted with. Where it may stay without logging in it is not asked to, as by nats-server; over WebSocket it always is.</summary>
    public ServerInfo ForAccept(ClientConnection client) => Common(client) with
    {
        AuthRequired = authenticator.IsRequiredFor(client.Way) && (client.Way == ConnectionTypes.WebSocket || authenticator.Directory.NoAuthUser is null),
        Nonce = client.Membership.Nonce,
    };

    public ServerInfo ForConnected(ClientConnection client) => Common(client) with
    {
        ConnectInfo = true,
        RemoteAccount = client.Account.Name,
        IsSystemAccount = client.Account == accounts.System,
    };

    public ServerInfo ForLameDuck(ClientConnection client) => Common(client) with { LameDuck = true };

    private ServerInfo Common(ClientConnection client) => new()
    {
        ServerId = identity.ServerId,
        ServerName = identity.ServerName,
        Version = ServerIdentity.Version,
        Go = ServerIdentity.GoVersion,
        Host = client.Door?.Host ?? Host,
        Port = client.Door?.Port ?? AdvertisedPort,
        Headers = settings.Current.HeaderSupport,
        AuthRequired = authenticator.IsRequiredFor(client.Way),
        TlsRequired = client.Tls is { AllowsPlain: false } || client.Door is { IsSecure: true },
        TlsVerify = client.Tls is { Verifies: true },
        TlsAvailable = client.Tls is { AllowsPlain: true } || client.Door is { IsSecure: true },
        MaxPayload = client.MaxPayload,
        ClientId = client.Id,
        ClientIp = Text(client.Remote?.Address),
        Xkey = identity.XKey,
    };

    /// <inheritdoc/>
    public ReloadStep? Prepare(ReloadChange change)
    {
        // As the reference server: who is connected already hears nothing of it.
        Tuple<string, int?> next = Advertised(change.Next.ClientAdvertise, change.Next.Host);
        return new ReloadStep(() => _advertised = next);
    }

    /// <summary>A configured host as clients are told it.</summary>
    public static string Shown(string configuredHost) => configuredHost == "*" ? IPAddress.Any.ToString() : configuredHost;

    // Without an advertise option the configured host; the port is null where none is named.
    private static Tuple<string, int?> Advertised(string advertise, string configuredHost)
    {
        if (advertise.Length == 0)
        {
            return new(Shown(configuredHost), null);
        }

        string host = advertise;
        int? port = null;
        int colon = host.LastIndexOf(':');
        if (colon >= 0 && int.TryParse(host.AsSpan(colon + 1), out int number))
        {
            port = number;
            host = host[..colon];
        }

        // An IPv6 address stands without its brackets, as in nats-server: clients add them.
        return new(host is ['[', .., ']'] ? host[1..^1] : host, port);
    }

    private static string? Text(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
}
