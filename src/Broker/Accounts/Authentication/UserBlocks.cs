using System.Collections.Concurrent;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Users that an operator keeps out for a while. Kept in memory: a restart lets them in.</summary>
internal sealed class UserBlocks(TimeProvider time)
{
    /// <summary>Users kept out at one time.</summary>
    public const int MaxUsers = 1000;

    /// <summary>The longest that one is kept out.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    /// <summary>Who is kept out, and until when.</summary>
    public IReadOnlyList<(string User, DateTimeOffset Until)> All
    {
        get
        {
            DropOld();
            return [.. _until.Select(static pair => (pair.Key, pair.Value)).OrderBy(static pair => pair.Value)];
        }
    }

    /// <summary>True where the user may not log in at this moment.</summary>
    public bool IsBlocked(string user) => !_until.IsEmpty && _until.TryGetValue(user, out DateTimeOffset until) && time.GetUtcNow() < until;

    /// <summary>Keeps a user out from now on.</summary>
    /// <returns>False where too many are kept out already, or it would be for longer than can be.</returns>
    public bool TryBlock(string user, TimeSpan duration)
    {
        DropOld();
        if (duration <= TimeSpan.Zero || duration > MaxDuration || (_until.Count >= MaxUsers && !_until.ContainsKey(user)))
        {
            return false;
        }

        _until[user] = time.GetUtcNow() + duration;
        return true;
    }

    /// <summary>Lets a user in again.</summary>
    /// <returns>False where it was not kept out.</returns>
    public bool Lift(string user) => _until.TryRemove(user, out _);

    private void DropOld()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (var block in _until.Where(block => block.Value <= now))
        {
            _until.TryRemove(block);
        }
    }
}
