using System.Security.Cryptography;
using System.Text;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>A password or token as the server knows it: the digest of a plain one, or a bcrypt hash.</summary>
internal sealed class Secret
{
    /// <summary>bcrypt looks at no more bytes of a password than this.</summary>
    public const int MaxHashedBytes = 72;

    private readonly byte[] _digest;

    private Secret(string text)
    {
        Hash = LoginRules.IsHash(text) ? text : null;
        _digest = Hash is null ? Digest(text) : [];
    }

    /// <summary>The bcrypt hash; null for a plain secret.</summary>
    public string? Hash { get; }

    /// <summary>Makes one of what stands in settings.</summary>
    public static Secret From(string text) => new(text);

    /// <summary>Whether nobody's guess matches it: stands in for users that do not exist.</summary>
    public static Secret Nobody() => new(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>Compares a plain secret, in the same time whatever is given.</summary>
    public bool EqualsPlain(string given) => Hash is null && CryptographicOperations.FixedTimeEquals(_digest, Digest(given));

    /// <summary>True where the same is written down in both: whoever knew the one knows the other.</summary>
    public bool IsSameAs(Secret other) => Hash == other.Hash && CryptographicOperations.FixedTimeEquals(_digest, other._digest);

    /// <summary>Compares with a bcrypt hash: takes a tenth of a second and more.</summary>
    public bool MatchesHash(string given)
    {
        try
        {
            return Hash is not null && Encoding.UTF8.GetByteCount(given) <= MaxHashedBytes && BCrypt.Net.BCrypt.Verify(given, Hash);
        }
        catch (Exception exception) when (exception is BCrypt.Net.SaltParseException or BCrypt.Net.HashInformationException or ArgumentException)
        {
            return false;
        }
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
