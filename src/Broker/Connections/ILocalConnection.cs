using NatsKestrel.Broker.Accounts.Permissions;

namespace NatsKestrel.Broker.Connections;

/// <summary>A client without a socket, as registry, monitoring and shutdown see it.</summary>
internal interface ILocalConnection : IUserConnection
{
    /// <summary>What its user may do; null for everything.</summary>
    UserPermissions? UserPermissions { get; }

    /// <summary>What it alone has done since it was opened.</summary>
    ServerTotals Totals { get; }

    /// <summary>The connection as it is now.</summary>
    /// <param name="maxSubscriptions">How many of its subscriptions are listed at most.</param>
    ConnectionSnapshot Snapshot(int maxSubscriptions = 0);
}
