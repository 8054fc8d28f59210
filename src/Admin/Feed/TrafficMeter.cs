using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Admin.Feed;

/// <summary>Counts what is published in all accounts, while somebody looks and for a minute after: pages come and go.</summary>
/// <remarks>Belongs to the feed, which guards it.</remarks>
internal sealed class TrafficMeter(AccountDirectory accounts)
{
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Account, SubjectCounters> _counters = [];
    private DateTimeOffset _neededAt;

    /// <summary>True while publishers are being observed.</summary>
    public bool IsCounting => _counters.Count > 0;

    /// <summary>Begins to count where that has not begun, and takes a sample.</summary>
    public AccountTraffic[] Sample(DateTimeOffset now)
    {
        TimeSpan elapsed = now - _neededAt;
        _neededAt = now;
        foreach (Account account in accounts.All)
        {
            if (!_counters.ContainsKey(account))
            {
                var counters = new SubjectCounters();
                _counters.Add(account, counters);
                account.Observers.Add(counters);
            }
        }

        return [.. _counters.Select(pair => pair.Value.Sample(pair.Key.Name, now, elapsed))];
    }

    /// <summary>Ends counting where nobody has needed it for a while.</summary>
    public void StopWhereUnused(DateTimeOffset now)
    {
        if (IsCounting && now - _neededAt > Linger)
        {
            Stop();
        }
    }

    public void Stop()
    {
        foreach (var (account, counters) in _counters)
        {
            account.Observers.Remove(counters);
        }

        _counters.Clear();
    }
}
