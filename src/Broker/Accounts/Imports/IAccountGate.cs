using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>A way out of an account: to a service that it imports, or back to whoever asked a service of its own.</summary>
internal interface IAccountGate
{
    /// <summary>True where traces may say what becomes of a message over there.</summary>
    bool AllowsTrace => false;

    /// <summary>What the message is over there.</summary>
    /// <param name="message">As it was published here.</param>
    /// <param name="requester">Who published it; null where that is the server.</param>
    /// <returns>Null where it goes nowhere.</returns>
    ForwardedMessage? Forward(ref readonly Message message, IRequester? requester);

    /// <summary>Nobody over there took it.</summary>
    void Undo(ForwardedMessage forwarded);
}
