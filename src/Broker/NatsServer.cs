using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.InProcess;

namespace NatsKestrel.Broker;

/// <summary>The running broker: where it listens, who it is, and how to make it leave.</summary>
public sealed class NatsServer
{
    private readonly ServerIdentity _identity;
    private readonly LameDuck _lameDuck;
    private readonly ConnectionServices _services;

    internal NatsServer(ServerIdentity identity, LameDuck lameDuck, ConnectionServices services)
    {
        _identity = identity;
        _lameDuck = lameDuck;
        _services = services;
    }

    /// <summary>The server's id: 56 characters, beginning with N, new at every start.</summary>
    public string ServerId => _identity.ServerId;

    /// <summary>The configured name, else the id.</summary>
    public string ServerName => _identity.ServerName;

    /// <summary>Where clients connect, with the real port, as <c>nats://host:port</c>; null until the server listens.</summary>
    public Uri? ClientUri { get; internal set; }

    /// <summary>The address it is bound to, wildcards included; null until it listens.</summary>
    internal Uri? ListenUri { get; set; }

    /// <summary>Opens a client inside this process: it publishes, subscribes and asks without a socket.</summary>
    /// <param name="options">Who it is; null for a nameless one in the global account.</param>
    /// <returns>To be disposed of in the end; the server's stop ends it too.</returns>
    /// <exception cref="NatsException">There is no such account; or it stands for somebody outside, and the server is full.</exception>
    public InProcessClient Connect(InProcessClientOptions? options = null)
    {
        options ??= new InProcessClientOptions();
        if (!_services.Accounts.TryGet(options.Account ?? AccountDirectory.GlobalName, out Account? account))
        {
            throw new NatsException("There is no such account.");
        }

        return Open(account, null, options);
    }

    /// <summary>Opens a client for somebody outside, whom the application knows by a name: as who the settings say that is, or not at all.</summary>
    /// <param name="options">With an account, the application has decided; without one, the user of that name decides account and permissions.</param>
    /// <param name="way">How they come in.</param>
    /// <exception cref="NatsException">There is no such user or account, or the server is full.</exception>
    internal InProcessClient ConnectUser(InProcessClientOptions options, ConnectionTypes way)
    {
        if (options.Account is not null)
        {
            return Connect(options);
        }

        User user = _services.Authenticator.Directory.Known(options.User, way) ?? throw new NatsException("Authorization Violation");
        return Open(user.Account, user, options with { User = user.Name });
    }

    /// <summary>Opens a client inside this process, in the global account and with a name that <c>/connz</c> shows.</summary>
    /// <inheritdoc cref="Connect(InProcessClientOptions?)" path="/returns"/>
    public InProcessClient Connect(string name) => Connect(new InProcessClientOptions { Name = name });

    /// <summary>
    /// Takes no new clients, tells those there are, and closes them one after the other as <c>Nats:LameDuck</c> says.
    /// </summary>
    /// <returns>Completes when the last client is closed; at once where the server is leaving already.</returns>
    public Task EnterLameDuckAsync(CancellationToken cancellationToken = default) => _lameDuck.RunAsync(cancellationToken);

    private InProcessClient Open(Account account, User? user, InProcessClientOptions options)
    {
        var client = new InProcessClient(_services.Registry.NextId(), account, options, _services, user);
        client.Open();
        return client;
    }
}
