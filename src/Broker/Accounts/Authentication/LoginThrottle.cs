using System.Net;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Slows an address down that fails to log in again and again; no user is ever locked out.</summary>
internal sealed class LoginThrottle(TimeProvider time)
{
    /// <summary>Failures in <see cref="Window"/> from which an address has to wait for its answers.</summary>
    public const int MaxFailures = 10;

    /// <summary>Answers held back at one time; beyond that they go out at once, for each costs a connection.</summary>
    public const int MaxDelayed = 64;

    private const int MaxAddresses = 4096;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new(); // guards _failures
    private readonly Dictionary<IPAddress, (long Since, int Count)> _failures = [];
    private int _delayed;

    /// <summary>True where the next failure of the address would be held back.</summary>
    public bool IsSlowed(IPAddress? address)
    {
        lock (_gate)
        {
            return address is not null && _failures.TryGetValue(address, out var failures) && IsRecent(failures.Since) && failures.Count >= MaxFailures;
        }
    }

    /// <summary>Takes note of a failed login.</summary>
    public void NoteFailure(IPAddress? address)
    {
        if (address is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_failures.TryGetValue(address, out var failures) && IsRecent(failures.Since))
            {
                _failures[address] = (failures.Since, failures.Count + 1);
                return;
            }

            if (_failures.Count >= MaxAddresses)
            {
                MakeRoom();
            }

            _failures[address] = (time.GetTimestamp(), 1);
        }
    }

    /// <summary>Waits, where the address has failed too often and not too many wait already.</summary>
    public async Task HoldBackAsync(IPAddress? address)
    {
        if (!IsSlowed(address))
        {
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _delayed) <= MaxDelayed)
            {
                await Task.Delay(Delay, time).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _delayed);
        }
    }

    private bool IsRecent(long since) => time.GetElapsedTime(since) < Window;

    private void MakeRoom()
    {
        foreach (IPAddress address in _failures.Where(entry => !IsRecent(entry.Value.Since)).Select(entry => entry.Key).ToList())
        {
            _failures.Remove(address);
        }

        if (_failures.Count >= MaxAddresses)
        {
            // So many at once are no address's own fault.
            _failures.Clear();
        }
    }
}
