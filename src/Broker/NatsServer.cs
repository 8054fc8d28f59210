using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker;

/// <summary>The running broker: where it listens, who it is, and how to make it leave.</summary>
public sealed class NatsServer
{
    private readonly ServerIdentity _identity;
    private readonly LameDuck _lameDuck;

    internal NatsServer(ServerIdentity identity, LameDuck lameDuck)
    {
        _identity = identity;
        _lameDuck = lameDuck;
    }

    /// <summary>The server's id: 56 characters, beginning with N, new at every start.</summary>
    public string ServerId => _identity.ServerId;

    /// <summary>The configured name, else the id.</summary>
    public string ServerName => _identity.ServerName;

    /// <summary>Where clients connect, with the real port, as <c>nats://host:port</c>; null until the server listens.</summary>
    public Uri? ClientUri { get; internal set; }

    /// <summary>The address it is bound to, wildcards included; null until it listens.</summary>
    internal Uri? ListenUri { get; set; }

    /// <summary>
    /// Takes no new clients, tells those there are, and closes them one after the other as <c>Nats:LameDuck</c> says.
    /// </summary>
    /// <returns>Completes when the last client is closed; at once where the server is leaving already.</returns>
    public Task EnterLameDuckAsync(CancellationToken cancellationToken = default) => _lameDuck.RunAsync(cancellationToken);
}
