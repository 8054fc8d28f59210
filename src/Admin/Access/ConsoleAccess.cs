using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Admin.Access;

/// <summary>Decides who gets into the console, and with which role.</summary>
internal sealed class ConsoleAccess(NatsBrokerOptions options, SignInLinks links, PasswordChecks passwords, TimeProvider time, IServer? server = null)
{
    /// <summary>Failed attempts in a minute after which every further one waits.</summary>
    public const int MaxQuickFailures = 10;

    private static readonly TimeSpan Penalty = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FailureWindow = TimeSpan.FromMinutes(1);

    private readonly ConsoleOptions _options = options.Console;
    private readonly (string Name, ConsoleRole Role, Secret Password)[] _users =
        [.. options.Console.Users.Select(static user => (user.Name, Enum.Parse<ConsoleRole>(user.Role, ignoreCase: true), Secret.From(user.Password)))];

    private readonly Lock _gate = new(); // guards _failures and _windowStart
    private int _failures;
    private long _windowStart = time.GetTimestamp();

    /// <summary>True where people have names.</summary>
    public bool HasUsers => _users.Length > 0;

    /// <summary>True where anybody on this machine may look.</summary>
    public bool IsAnonymousAllowed => _options.Anonymous && !IsReachableByOthers;

    /// <summary>Why the console is closed to everybody; null where it is not. It names the setting that would open it.</summary>
    public string? Problem
    {
        get
        {
            if (!IsReachableByOthers)
            {
                return null;
            }

            if (_options is { AdminToken: "", OperatorToken: "", ViewerToken: "", Users.Count: 0 })
            {
                return "The console is closed: other machines can reach this port, and nobody could sign in. Set Nats:Console:AdminToken, or Users.";
            }

            return !_options.InsecureHttp && HasPlainHttpForOthers
                ? "The console is closed: other machines can reach this port over plain HTTP. Use https in Urls, or set Nats:Console:InsecureHttp."
                : null;
        }
    }

    private bool IsReachableByOthers => Addresses.Any(static address => !IsLoopback(address));

    private bool HasPlainHttpForOthers => Addresses.Any(static address => address.Scheme == "http" && !IsLoopback(address));

    // Those that are bound, whatever a header of a request may say.
    private IEnumerable<BindingAddress> Addresses =>
        server?.Features.Get<IServerAddressesFeature>()?.Addresses.Select(BindingAddress.Parse) ?? [];

    /// <summary>Signs in with name and password, or with a token from the settings, or with a link that was printed.</summary>
    /// <param name="name">Name of a user; empty for a token.</param>
    /// <param name="secret">What was typed or followed.</param>
    /// <param name="address">Where from.</param>
    /// <returns>Who that is; null for nobody.</returns>
    public async Task<ConsoleUser?> SignInAsync(string name, string secret, string address)
    {
        ConsoleUser? user = name.Length > 0 ? await FindByPasswordAsync(name, secret, address).ConfigureAwait(false)
            : FindByToken(secret.Trim(), address) ?? (links.TryUse(secret.Trim()) ? new ConsoleUser("link from the log", ConsoleRole.Admin, address) : null);
        if (user is null && IsFailingOften())
        {
            await Task.Delay(Penalty, time).ConfigureAwait(false);
        }

        return user;
    }

    /// <summary>Who has that token in the settings; null for nobody.</summary>
    public ConsoleUser? FindByToken(string token, string address)
    {
        // All are compared, so that the time does not tell which was nearly right.
        byte[] hash = Hash(token);
        bool isAdmin = IsEqual(hash, _options.AdminToken), isOperator = IsEqual(hash, _options.OperatorToken), isViewer = IsEqual(hash, _options.ViewerToken);
        return isAdmin ? new ConsoleUser("admin token", ConsoleRole.Admin, address)
            : isOperator ? new ConsoleUser("operator token", ConsoleRole.Operator, address)
            : isViewer ? new ConsoleUser("viewer token", ConsoleRole.Viewer, address)
            : null;
    }

    // A name that nobody has takes as long as one that somebody has.
    private async Task<ConsoleUser?> FindByPasswordAsync(string name, string password, string address)
    {
        if (!HasUsers)
        {
            return null;
        }

        int index = Array.FindIndex(_users, user => user.Name == name);
        bool isRight = await passwords.CheckAsync(_users[Math.Max(index, 0)].Password, password, address).ConfigureAwait(false);
        return index >= 0 && isRight ? new ConsoleUser(name, _users[index].Role, address) : null;
    }

    private bool IsFailingOften()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_windowStart) > FailureWindow)
            {
                _windowStart = time.GetTimestamp();
                _failures = 0;
            }

            return ++_failures > MaxQuickFailures;
        }
    }

    private static bool IsEqual(byte[] hash, string configured) =>
        CryptographicOperations.FixedTimeEquals(hash, Hash(configured)) && configured.Length >= ConsoleOptions.MinTokenLength;

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static bool IsLoopback(BindingAddress address) =>
        address.IsUnixPipe || address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
