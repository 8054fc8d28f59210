using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>The broker's instruments: meter <see cref="BrokerInstruments.MeterName"/>, for whatever the application exports its metrics with.</summary>
/// <remarks>All observe counters that are kept anyway, so that a message pays nothing for them, and nobody unless somebody listens.</remarks>
internal sealed class BrokerMeter(IMeterFactory meters, MonitoringSnapshots snapshots, SlowConsumers slowConsumers, ConnectionRegistry registry) : IHostedService
{
    private const string AccountTag = "nats.account";
    private const string DirectionTag = "direction";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Made at start rather than on first use: whoever listens must find them. The factory disposes the meter with the application.
        Meter meter = meters.Create(BrokerInstruments.MeterName);
        meter.CreateObservableUpDownCounter("nats.server.connections", () => Each(static totals => totals.Connections), "{connection}", "Client connections open now.");
        meter.CreateObservableCounter("nats.server.connections.accepted", () => (long)snapshots.Totals().TotalConnections, "{connection}", "Client connections accepted.");
        meter.CreateObservableCounter("nats.server.connections.refused", () => registry.Refused, "{connection}", "Client connections turned away at the limit.");
        meter.CreateObservableUpDownCounter("nats.server.subscriptions", Subscriptions, "{subscription}", "Subscriptions now.");
        meter.CreateObservableCounter("nats.server.messages", () => Both(static totals => totals.InMessages, static totals => totals.OutMessages), "{message}", "Messages received from clients, and delivered to them.");
        meter.CreateObservableCounter("nats.server.bytes", () => Both(static totals => totals.InBytes, static totals => totals.OutBytes), "By", "Bytes of headers and payloads of those messages.");
        meter.CreateObservableCounter("nats.server.slow_consumers", () => Each(static totals => totals.SlowConsumers), "{connection}", "Connections cut for taking messages too slowly.");
        meter.CreateObservableCounter("nats.server.stale_connections", () => Each(static totals => totals.StaleConnections), "{connection}", "Connections closed for leaving PINGs unanswered.");
        meter.CreateObservableCounter("nats.server.stalls", () => Each(static totals => totals.Stalls), "{stall}", "Times a publisher was held back for a slow receiver.");
        meter.CreateObservableUpDownCounter("nats.server.pending", () => slowConsumers.HeldBytes, "By", "Bytes held for receivers and subscriptions.");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private List<Measurement<long>> Each(Func<ServerTotals, long> value) =>
        [.. snapshots.AccountNames().Select(name => new Measurement<long>(value(snapshots.Totals(name)), Account(name)))];

    private List<Measurement<long>> Both(Func<ServerTotals, long> incoming, Func<ServerTotals, long> outgoing)
    {
        var measurements = new List<Measurement<long>>();
        foreach (string name in snapshots.AccountNames())
        {
            ServerTotals totals = snapshots.Totals(name);
            measurements.Add(new(incoming(totals), Account(name), new(DirectionTag, "in")));
            measurements.Add(new(outgoing(totals), Account(name), new(DirectionTag, "out")));
        }

        return measurements;
    }

    private List<Measurement<long>> Subscriptions() =>
        [.. snapshots.AccountNames().Select(name => new Measurement<long>(snapshots.Statistics(name).Count, Account(name)))];

    private static KeyValuePair<string, object?> Account(string name) => new(AccountTag, name);
}
