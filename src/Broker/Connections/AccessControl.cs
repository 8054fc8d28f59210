using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>Changes who may do what while the server runs: new accounts and users, and another look at everybody who is here.</summary>
internal sealed class AccessControl(AccountDirectory accounts, Authenticator authenticator, ConnectionRegistry registry, TimeProvider time) : IReloadable
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["Nats:Authorization", "Nats:Accounts", "Nats:Mappings", "Nats:ResolverPreload"];

    /// <inheritdoc/>
    public ReloadStep? Prepare(ReloadChange change) =>
        new(() => Apply(change.Next), Lines: ["Reloaded: authorization users", "Reloaded: accounts"]);

    /// <summary>Applies valid options. Clients whose user is gone are closed, others keep what they still may.</summary>
    public void Apply(NatsBrokerOptions options)
    {
        accounts.Apply(options);
        var directory = new LoginDirectory(options, accounts, time);
        authenticator.Replace(directory);
        foreach (IUserConnection client in registry.Open.Concat<IUserConnection>(registry.Local))
        {
            Check(client, directory);
        }
    }

    private static void Check(IUserConnection client, LoginDirectory directory)
    {
        // Who has not logged in yet is checked by the new rules anyway; whom the application let in stays its business.
        if (client.User is not { IsOfApplication: false } user)
        {
            return;
        }

        if (directory.FindAgain(user) is not { } now)
        {
            client.Close(ProtocolError.AuthorizationViolation, CloseReason.AuthenticationFailure);
        }
        else if (now.Account != user.Account)
        {
            client.Close(CloseReason.ClientClosed);
        }
        else
        {
            client.Rebind(now);
        }
    }
}
