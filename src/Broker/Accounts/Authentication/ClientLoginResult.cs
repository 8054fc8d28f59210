namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>What an <see cref="IClientAuthenticator"/> makes of a client.</summary>
public sealed class ClientLoginResult
{
    private ClientLoginResult()
    {
    }

    /// <summary>The client must go: <c>Authorization Violation</c>.</summary>
    public static ClientLoginResult Refused { get; } = new();

    /// <summary>Somebody else may decide: the next authenticator, then the users in the settings.</summary>
    public static ClientLoginResult Undecided { get; } = new() { IsUndecided = true };

    internal bool IsUndecided { get; private init; }

    internal ClientIdentity? Identity { get; private init; }

    /// <summary>The client is that user.</summary>
    public static ClientLoginResult Accept(ClientIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return new ClientLoginResult { Identity = identity };
    }
}
