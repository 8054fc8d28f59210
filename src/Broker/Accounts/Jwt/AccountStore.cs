using System.Security.Cryptography;
using System.Text;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>A directory of account JWTs, one file for each, as nats-server's full resolver keeps it: either server can go on with the other's.</summary>
/// <remarks>What is in a JWT is not looked at here. Every member may be used by several threads at once.</remarks>
internal sealed class AccountStore
{
    /// <summary>The type of resolver whose directory this is.</summary>
    public const string ResolverType = "FULL";

    private const string Extension = ".jwt";
    private const string DeletedExtension = ".deleted";

    private readonly Lock _gate = new(); // guards the files and what follows
    private readonly SortedDictionary<string, string> _jwts = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly int _limit;

    private AccountStore(string folder, int limit)
    {
        _folder = folder;
        _limit = limit > 0 ? limit : int.MaxValue;
    }

    /// <summary>The accounts, in order.</summary>
    public IReadOnlyList<string> Accounts
    {
        get
        {
            lock (_gate)
            {
                return [.. _jwts.Keys];
            }
        }
    }

    /// <summary>Reads the directory, which is made where it is missing.</summary>
    /// <returns>Null where the settings name none.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static AccountStore? Open(ResolverOptions options)
    {
        if (!options.Type.Equals(ResolverType, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var store = new AccountStore(options.Dir, options.Limit);
        if (!Directory.Exists(options.Dir))
        {
            CreateFolder(options.Dir);
        }

        foreach (string path in Directory.EnumerateFiles(options.Dir, "*" + Extension))
        {
            if (Path.GetFileNameWithoutExtension(path) is var name && IsAccount(name))
            {
                store._jwts[name] = File.ReadAllText(path).Trim();
            }
        }

        return store;
    }

    /// <summary>An account's JWT; null where there is none.</summary>
    public string? Find(string account)
    {
        lock (_gate)
        {
            return _jwts.GetValueOrDefault(account);
        }
    }

    /// <summary>Keeps a JWT in place of the account's earlier one: whole, or not at all.</summary>
    /// <returns>What went wrong, as nats-server words it; null for nothing.</returns>
    public string? Save(string account, string jwt)
    {
        lock (_gate)
        {
            if (!IsAccount(account))
            {
                return "invalid public key";
            }

            if (!_jwts.ContainsKey(account) && _jwts.Count >= _limit)
            {
                return "jwt store is full";
            }

            try
            {
                Write(PathOf(account), jwt);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return exception.Message;
            }

            _jwts[account] = jwt;
            return null;
        }
    }

    /// <summary>Forgets accounts; their files get another name, so that a mistake can be mended.</summary>
    /// <returns>What went wrong; null for nothing.</returns>
    public string? Delete(IEnumerable<string> accounts)
    {
        lock (_gate)
        {
            try
            {
                foreach (string account in accounts.Where(_jwts.ContainsKey).ToList())
                {
                    File.Move(PathOf(account), PathOf(account) + DeletedExtension, overwrite: true);
                    _jwts.Remove(account);
                }

                return null;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return exception.Message;
            }
        }
    }

    /// <summary>Says all that it knows, for another store: lines of account and JWT.</summary>
    /// <param name="hash">What that store has, as <see cref="Hash"/> makes it.</param>
    /// <returns>Nothing where it has the same.</returns>
    public IReadOnlyList<string> Pack(ReadOnlySpan<byte> hash)
    {
        lock (_gate)
        {
            return hash.SequenceEqual(Hash()) ? [] : [.. _jwts.Select(entry => $"{entry.Key}|{entry.Value}")];
        }
    }

    /// <summary>True for a public key that an account may have: nothing else becomes a file's name.</summary>
    public static bool IsAccount(string name) => NkeyText.IsKey(name, NkeyText.AccountPrefix);

    private byte[] Hash()
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Span<byte> one = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (string jwt in _jwts.Values)
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(jwt), one);
            for (int i = 0; i < hash.Length; i++)
            {
                hash[i] ^= one[i];
            }
        }

        return hash;
    }

    private string PathOf(string account) => Path.Combine(_folder, account + Extension);

    // A name that is not read at a start, until all of it is there.
    private static void Write(string path, string jwt)
    {
        string part = path + ".part";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(part, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(jwt));
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: true);
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
