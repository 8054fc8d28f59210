using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>How many connections an account has, and what it has done: the fields of <see cref="AccountStatzEntry"/> in an event.</summary>
internal sealed record AccountConnectionsEvent(
    string Type,
    string Id,
    DateTime Timestamp,
    ServerDescription Server,
    string Acc,
    string Name,
    int Conns,
    int Leafnodes,
    int TotalConns,
    long NumSubscriptions,
    AccountTraffic Sent,
    AccountTraffic Received,
    long SlowConsumers)
{
    public static AccountConnectionsEvent From(AccountStatzEntry account, ServerDescription server, string id) => new(
        "io.nats.server.advisory.v1.account_connections",
        id,
        server.Time,
        server,
        account.Acc,
        account.Name,
        account.Conns,
        account.Leafnodes,
        account.TotalConns,
        account.NumSubscriptions,
        account.Sent,
        account.Received,
        account.SlowConsumers);
}
