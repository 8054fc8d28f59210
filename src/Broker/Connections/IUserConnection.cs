using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>A client, by socket or without, as those see it who change what its user may do.</summary>
internal interface IUserConnection
{
    /// <summary>The server-wide connection id (<c>cid</c>).</summary>
    ulong Id { get; }

    /// <summary>The account it belongs to.</summary>
    Account Account { get; }

    /// <summary>True while it counts among its account's connections.</summary>
    bool IsInAccount { get; }

    /// <summary>Who it is; null where it has not logged in, or the application alone answers for it.</summary>
    User? User { get; }

    /// <summary>Gives it what its user may do now, and takes away the subscriptions that it may not have any more. From any thread.</summary>
    void Rebind(User user);

    /// <summary>Ends it; the first reason given is the one that counts. Callable from any thread.</summary>
    void Close(CloseReason reason);

    /// <summary>Tells the client what was wrong, where it can be told, and ends it.</summary>
    void Close(ProtocolError error, CloseReason reason);
}
