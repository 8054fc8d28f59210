using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Admin.Alarms;

/// <summary>Decides from samples, taken every few seconds, which alarms are on.</summary>
/// <remarks>Not safe for several threads.</remarks>
/// <param name="options">The thresholds.</param>
/// <param name="pendingLimit">Bytes that may wait for all clients together.</param>
internal sealed class AlarmRules(AlarmOptions options, long pendingLimit)
{
    public const string Pending = "pending", Slow = "slow", DropToZero = "drop_to_zero", ReconnectStorm = "reconnect_storm";

    public static readonly string[] All = [Pending, Slow, DropToZero, ReconnectStorm];

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(10);

    // Those of the last minute and moment, the oldest first.
    private readonly Queue<AlarmSample> _samples = new();
    private readonly Dictionary<string, DateTimeOffset> _since = [];
    private (DateTimeOffset At, long Messages, double Rate)? _drop;

    /// <summary>Takes one more sample.</summary>
    /// <returns>The alarms that are on now.</returns>
    public Alarm[] Look(AlarmSample now)
    {
        _samples.Enqueue(now);
        while (now.Time - _samples.Peek().Time > Minute + Moment)
        {
            _samples.Dequeue();
        }

        Alarm?[] alarms =
        [
            Raise(Pending, now, IsPending(now), () => $"{Format.Bytes(now.HeldBytes)} wait for clients; there is room for {Format.Bytes(pendingLimit)}.", "slow"),
            CheckSlow(now),
            CheckDrop(now),
            CheckStorm(now),
        ];
        return [.. alarms.OfType<Alarm>()];
    }

    private bool IsPending(AlarmSample now) => options.PendingPercent > 0 && now.HeldBytes >= pendingLimit / 100.0 * options.PendingPercent;

    private Alarm? CheckSlow(AlarmSample now)
    {
        long cut = now.SlowConsumers - Before(now, Minute).SlowConsumers;
        return Raise(Slow, now, options.SlowConsumers > 0 && cut >= options.SlowConsumers,
            () => $"{Format.Count(cut)} {(cut == 1 ? "client was" : "clients were")} cut within a minute for taking messages too slowly.", "slow");
    }

    private Alarm? CheckStorm(AlarmSample now)
    {
        long accepted = now.Accepted - Before(now, Moment).Accepted;
        return Raise(ReconnectStorm, now, options.ReconnectStorm > 0 && accepted >= options.ReconnectStorm,
            () => $"{Format.Count(accepted)} {(accepted == 1 ? "connection was" : "connections were")} accepted within ten seconds.", "connections?state=closed");
    }

    private Alarm? CheckDrop(AlarmSample now)
    {
        AlarmSample moment = Before(now, Moment), first = _samples.Peek();
        double rate = (moment.InMessages - first.InMessages) / Math.Max((moment.Time - first.Time).TotalSeconds, 1);
        bool isSilent = now.Time - moment.Time >= Moment && now.InMessages == moment.InMessages;
        if (_drop is null && options.DropToZero > 0 && isSilent && rate >= options.DropToZero)
        {
            _drop = (now.Time, now.InMessages, rate);
        }
        else if (_drop is { } drop && (now.InMessages != drop.Messages || now.Time - drop.At > MaxSilence))
        {
            _drop = null;
        }

        return Raise(DropToZero, now, _drop is not null, () => $"No message comes any more; there were {Format.Short(_drop!.Value.Rate)} a second.", "nobody");
    }

    // The latest sample that is at least so old, or the oldest.
    private AlarmSample Before(AlarmSample now, TimeSpan age)
    {
        AlarmSample found = _samples.Peek();
        foreach (AlarmSample sample in _samples)
        {
            if (now.Time - sample.Time < age)
            {
                break;
            }

            found = sample;
        }

        return found;
    }

    private Alarm? Raise(string rule, AlarmSample now, bool isOn, Func<string> text, string page)
    {
        if (!isOn)
        {
            _since.Remove(rule);
            return null;
        }

        _since.TryAdd(rule, now.Time);
        return new Alarm(rule, _since[rule], text(), page);
    }
}
