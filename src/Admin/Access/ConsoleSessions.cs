using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace NatsKestrel.Admin.Access;

/// <summary>Everybody who is signed in. Kept in memory: a restart signs everybody out.</summary>
internal sealed class ConsoleSessions(TimeProvider time)
{
    /// <summary>Sessions at one time; above it the oldest ends.</summary>
    public const int MaxSessions = 200;

    /// <summary>Open tabs at one time, of everybody together.</summary>
    public const int MaxTabs = 200;

    /// <summary>Open tabs at one time in one session.</summary>
    public const int MaxTabsEach = 10;

    private const int SecretBytes = 32;

    // By the hash of the cookie's secret, so that neither a look at memory nor the time that a look-up takes tells a secret.
    private readonly ConcurrentDictionary<string, ConsoleSession> _sessions = new();
    private readonly Lock _gate = new(); // guards _tabs
    private readonly List<ConsoleSession> _tabs = [];

    /// <summary>What those share who need not sign in.</summary>
    public ConsoleSession Anonymous { get; } =
        new("anonymous", new ConsoleUser("anonymous", ConsoleRole.Viewer, "this machine"), time) { IsAnonymous = true };

    /// <summary>Begins a session.</summary>
    /// <returns>The secret for its cookie.</returns>
    public string Start(ConsoleUser user)
    {
        Sweep();
        string secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(SecretBytes));
        _sessions[Hash(secret)] = new ConsoleSession(Convert.ToHexString(RandomNumberGenerator.GetBytes(SecretBytes)), user, time);
        return secret;
    }

    /// <summary>The valid session of a cookie, or null.</summary>
    public ConsoleSession? Find(string? secret) =>
        secret is { Length: SecretBytes * 2 } && _sessions.TryGetValue(Hash(secret), out ConsoleSession? session) && session.IsValid ? session : null;

    /// <summary>The valid session of that handle, or null.</summary>
    public ConsoleSession? FindByHandle(string? handle) => handle == Anonymous.Handle
        ? Anonymous
        : _sessions.Values.FirstOrDefault(session => session.Handle == handle && session.IsValid);

    /// <summary>Counts a tab that was opened; it gives its place back with <see cref="CloseTab"/>.</summary>
    /// <returns>False where there are too many.</returns>
    public bool TryOpenTab(ConsoleSession session)
    {
        lock (_gate)
        {
            if (_tabs.Count >= MaxTabs || _tabs.Count(other => other == session) >= MaxTabsEach)
            {
                return false;
            }

            _tabs.Add(session);
            return true;
        }
    }

    public void CloseTab(ConsoleSession session)
    {
        lock (_gate)
        {
            _tabs.Remove(session);
        }
    }

    private void Sweep()
    {
        foreach (var (hash, session) in _sessions)
        {
            if (!session.IsValid)
            {
                _sessions.TryRemove(hash, out _);
            }
        }

        if (_sessions.Count >= MaxSessions && _sessions.FirstOrDefault() is { Value: { } oldest } pair)
        {
            oldest.End();
            _sessions.TryRemove(pair.Key, out _);
        }
    }

    private static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));
}
