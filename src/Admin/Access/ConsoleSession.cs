namespace NatsKestrel.Admin.Access;

/// <summary>The time from signing in to signing out.</summary>
/// <param name="handle">Names it where the secret of its cookie must not be.</param>
/// <param name="user">Who signed in.</param>
/// <param name="time">The clock.</param>
internal sealed class ConsoleSession(string handle, ConsoleUser user, TimeProvider time)
{
    /// <summary>The longest a session lasts.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(8);

    /// <summary>The longest it lasts without anything being asked or done.</summary>
    public static readonly TimeSpan MaxIdle = TimeSpan.FromMinutes(30);

    private readonly long _startedAt = time.GetTimestamp();
    private long _usedAt = time.GetTimestamp();
    private volatile bool _hasEnded;

    public string Handle { get; } = handle;

    public ConsoleUser User { get; } = user;

    /// <summary>What was published in it.</summary>
    public PublishHistory Published { get; } = new();

    /// <summary>True for the session that all share who need not sign in.</summary>
    public bool IsAnonymous { get; init; }

    public bool IsValid => IsAnonymous
        || (!_hasEnded && time.GetElapsedTime(_startedAt) < MaxLifetime && time.GetElapsedTime(Interlocked.Read(ref _usedAt)) < MaxIdle);

    /// <summary>Takes note that somebody asked for or did something.</summary>
    public void Touch() => Interlocked.Exchange(ref _usedAt, time.GetTimestamp());

    public void End() => _hasEnded = true;
}
