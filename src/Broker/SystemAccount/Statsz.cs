using System.Text.Json.Serialization;
using NatsKestrel.Broker.Monitoring;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>The server's figures in short: what it publishes every ten seconds, and answers to a ping.</summary>
/// <param name="Start">When it was started.</param>
/// <param name="Mem">Memory in bytes.</param>
/// <param name="Cores">Processors.</param>
/// <param name="Cpu">Per cent of one of them.</param>
/// <param name="Connections">Open connections.</param>
/// <param name="TotalConnections">Connections since the start.</param>
/// <param name="ActiveAccounts">Accounts that have clients.</param>
/// <param name="Subscriptions">Subscriptions in all accounts.</param>
/// <param name="Sent">Messages delivered.</param>
/// <param name="SentToClients">The part that went to clients: here all of them.</param>
/// <param name="Received">Messages published.</param>
/// <param name="ReceivedFromClients">The part that came from clients: here all of them.</param>
/// <param name="SlowConsumers">Connections found too slow since the start.</param>
/// <param name="SlowConsumerStats">The same by kind; absent for none.</param>
/// <param name="StaleConnections">Connections that did not answer PING since the start; absent for none.</param>
/// <param name="StaleConnectionStats">The same by kind; absent for none.</param>
/// <param name="StalledClients">How often a publisher was held back; absent for never.</param>
/// <param name="ActiveServers">Servers of the cluster, this one included.</param>
/// <param name="Gomaxprocs">Processors that are used.</param>
internal sealed record Statsz(
    DateTime Start,
    long Mem,
    int Cores,
    double Cpu,
    int Connections,
    ulong TotalConnections,
    int ActiveAccounts,
    long Subscriptions,
    MessageCount Sent,
    MessageCount SentToClients,
    MessageCount Received,
    MessageCount ReceivedFromClients,
    long SlowConsumers,
    ConnectionKindCounts? SlowConsumerStats,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long StaleConnections,
    ConnectionKindCounts? StaleConnectionStats,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long StalledClients,
    int ActiveServers,
    int Gomaxprocs)
{
    /// <summary>Takes the figures from <c>/varz</c>.</summary>
    public static Statsz From(Varz varz, int activeAccounts)
    {
        var sent = new MessageCount(varz.OutMsgs, varz.OutBytes);
        var received = new MessageCount(varz.InMsgs, varz.InBytes);
        return new Statsz(
            Start: varz.Start,
            Mem: varz.Mem,
            Cores: varz.Cores,
            Cpu: varz.Cpu,
            Connections: varz.Connections,
            TotalConnections: varz.TotalConnections,
            ActiveAccounts: activeAccounts,
            Subscriptions: varz.Subscriptions,
            Sent: sent,
            SentToClients: sent,
            Received: received,
            ReceivedFromClients: received,
            SlowConsumers: varz.SlowConsumers,
            SlowConsumerStats: varz.SlowConsumers > 0 ? varz.SlowConsumerStats : null,
            StaleConnections: varz.StaleConnections,
            StaleConnectionStats: varz.StaleConnections > 0 ? varz.StaleConnectionStats : null,
            StalledClients: varz.StalledClients,
            ActiveServers: 1,
            Gomaxprocs: varz.Gomaxprocs);
    }
}
