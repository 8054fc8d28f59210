using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Answers whether a secret is right, at once where that costs nothing, else by the <see cref="BcryptWorkers"/>.</summary>
/// <remarks>
/// Equal questions are asked once, and a right answer to one about a hash holds for a minute: five thousand clients of one user
/// that come back together cost one hash. What is kept is a keyed digest; nobody finds a password in memory.
/// </remarks>
internal sealed class PasswordChecks(BcryptWorkers workers, TimeProvider time)
{
    private const int MaxKept = 8192;

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    // Made when first needed: the system's cryptography takes 12 ms to load, which a server without hashes need not spend at its start.
    private readonly Lazy<byte[]> _key = new(static () => RandomNumberGenerator.GetBytes(32));
    private readonly ConcurrentDictionary<Question, long> _right = new();
    private readonly ConcurrentDictionary<Question, Task<bool>> _asked = new();

    /// <summary>Answers without a hash.</summary>
    /// <returns>False where only <see cref="CheckAsync"/> can tell.</returns>
    public bool TryCheck(Secret secret, string given, out bool isRight)
    {
        isRight = secret.Hash is null ? secret.EqualsPlain(given) : IsKnown(Ask(secret.Hash, given));
        return isRight || secret.Hash is null;
    }

    /// <summary>Answers, however long it takes; false after half a minute.</summary>
    /// <param name="secret">What is known.</param>
    /// <param name="given">What somebody says it is.</param>
    /// <param name="source">Where that came from: addresses take turns.</param>
    public async Task<bool> CheckAsync(Secret secret, string given, string source)
    {
        if (TryCheck(secret, given, out bool isRight))
        {
            return isRight;
        }

        Question question = Ask(secret.Hash!, given);
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool> asked = _asked.GetOrAdd(question, answer.Task);
        if (asked == answer.Task && !workers.TryQueue(source, () => Answer(question, secret, given, answer)))
        {
            _asked.TryRemove(question, out _);
            answer.SetResult(false);
        }

        try
        {
            return await asked.WaitAsync(BcryptWorkers.MaxWait, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Forgets what was right: passwords may have changed.</summary>
    public void Forget() => _right.Clear();

    private void Answer(Question question, Secret secret, string given, TaskCompletionSource<bool> answer)
    {
        bool isRight = false;
        try
        {
            isRight = secret.MatchesHash(given);
        }
        catch (Exception)
        {
            // Whatever a library makes of a strange hash: the thread goes on, and nobody gets in by it.
        }

        if (isRight)
        {
            Keep(question);
        }

        _asked.TryRemove(question, out _);
        answer.SetResult(isRight);
    }

    private void Keep(Question question)
    {
        if (_right.Count >= MaxKept)
        {
            _right.Clear();
        }

        _right[question] = time.GetTimestamp();
    }

    private bool IsKnown(Question question)
    {
        if (!_right.TryGetValue(question, out long since))
        {
            return false;
        }

        if (time.GetElapsedTime(since) < Kept)
        {
            return true;
        }

        _right.TryRemove(question, out _);
        return false;
    }

    private Question Ask(string hash, string given)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes($"{hash}\0{given}"), digest);
        return new Question(new UInt128(BitConverter.ToUInt64(digest), BitConverter.ToUInt64(digest[8..])),
            new UInt128(BitConverter.ToUInt64(digest[16..]), BitConverter.ToUInt64(digest[24..])));
    }

    /// <summary>Hash and password together, as a keyed digest.</summary>
    private readonly record struct Question(UInt128 First, UInt128 Second);
}
