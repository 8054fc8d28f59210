using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;

namespace NatsKestrel.Admin.Alarms;

/// <summary>Looks at the server every few seconds, whether anybody looks at the console or not: an alarm is for those who do not.</summary>
internal sealed class AlarmWatch(
    ConnectionRegistry registry, SlowConsumers slowConsumers, NatsBrokerOptions options, IMeterFactory meters, TimeProvider time, ILogger<AlarmWatch> logger) : BackgroundService
{
    /// <summary>Time between looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly AlarmRules _rules = new(options.Console.Alarms, slowConsumers.PendingLimit);
    private volatile Alarm[] _current = [];

    /// <summary>The alarms that are on; replaced whole with each look.</summary>
    public IReadOnlyList<Alarm> Current => _current;

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        meters.Create(BrokerInstruments.MeterName).CreateObservableGauge("nats.server.alarms", Measure, "{alarm}", "1 while the alarm of that rule is on.");
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Look();
                await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.FeedFailed(exception);
            }
        }
    }

    private void Look()
    {
        ServerTotals totals = registry.Totals();
        _current = _rules.Look(new AlarmSample(time.GetUtcNow(), (long)totals.TotalConnections, totals.SlowConsumers, totals.InMessages, slowConsumers.HeldBytes));
    }

    private IEnumerable<Measurement<long>> Measure()
    {
        Alarm[] current = _current;
        return AlarmRules.All.Select(rule => new Measurement<long>(current.Any(alarm => alarm.Rule == rule) ? 1 : 0, new KeyValuePair<string, object?>("rule", rule)));
    }
}
