using System.Security.Cryptography;
using System.Text;

namespace NatsKestrel.Admin.Access;

/// <summary>Tokens that sign in an administrator once: the first is printed at the start, others when somebody asks, to the log alone.</summary>
internal sealed class SignInLinks(TimeProvider time)
{
    /// <summary>How long a token can be used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>How often a new one may be asked for: anybody can ask.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromMinutes(1);

    private const int TokenBytes = 24;

    private readonly Lock _gate = new(); // guards the fields below
    private byte[] _hash = [];
    private long _madeAt;

    /// <summary>Makes a token; the one before it becomes worthless.</summary>
    public string Create()
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        lock (_gate)
        {
            _hash = Hash(token);
            _madeAt = time.GetTimestamp();
        }

        return token;
    }

    /// <summary>Makes a token, unless one was made a moment ago.</summary>
    public string? TryCreate()
    {
        lock (_gate)
        {
            if (_hash.Length > 0 && time.GetElapsedTime(_madeAt) < MinInterval)
            {
                return null;
            }
        }

        return Create();
    }

    /// <summary>Uses a token up.</summary>
    /// <returns>False where it is not the present one, was used, or is too old.</returns>
    public bool TryUse(string token)
    {
        lock (_gate)
        {
            if (_hash.Length == 0 || time.GetElapsedTime(_madeAt) > Lifetime || !CryptographicOperations.FixedTimeEquals(Hash(token), _hash))
            {
                return false;
            }

            _hash = [];
            return true;
        }
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
