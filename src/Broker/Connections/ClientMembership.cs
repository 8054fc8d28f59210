using System.Buffers.Text;
using System.Security.Cryptography;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>Whose connection it is: account and user, and what both of them allow it.</summary>
/// <remarks>Account and user change with a login, on the read loop; a reload gives the same user other rights, from any thread.</remarks>
internal sealed class ClientMembership(ConnectionServices services, LoginTimer timer)
{
    private bool _isInAccount;
    private ClientPermissions? _permissions;
    private int _payloadLimit = int.MaxValue;
    private int _subscriptionLimit = int.MaxValue;
    private string? _nonce;

    /// <summary>The account it belongs to. Changes at a login alone, when it has no subscriptions.</summary>
    public Account Account { get; private set; } = services.Accounts.Global;

    /// <summary>Who it is; null before it has logged in.</summary>
    public User? User { get; private set; }

    /// <summary>True while it counts among its account's connections.</summary>
    public bool IsInAccount => Volatile.Read(ref _isInAccount);

    /// <summary>What it may do; null for everything.</summary>
    public ClientPermissions? Permissions => Volatile.Read(ref _permissions);

    /// <summary>What it was asked to sign; null where nothing was, or it has been used.</summary>
    public string? Nonce => _nonce;

    /// <summary>Largest message it may publish, in bytes: the strictest of the server's, its account's and its user's limit.</summary>
    public int MaxPayload(ConnectionSettings settings) => Math.Min(settings.MaxPayload, _payloadLimit);

    /// <summary>Subscriptions it may hold; 0 for no limit.</summary>
    public int MaxSubscriptions(ConnectionSettings settings) => _subscriptionLimit == int.MaxValue ? settings.MaxSubscriptions
        : settings.MaxSubscriptions > 0 ? Math.Min(settings.MaxSubscriptions, _subscriptionLimit) : _subscriptionLimit;

    /// <summary>Makes what INFO asks it to sign.</summary>
    public void Challenge()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        _nonce = Base64Url.EncodeToString(random);
    }

    /// <summary>What it was asked to sign, which counts once.</summary>
    public string? TakeNonce()
    {
        string? nonce = _nonce;
        _nonce = null;
        return nonce;
    }

    /// <summary>Becomes that user. It has no subscriptions at that time, or stays in its account.</summary>
    /// <returns>False where the user's account is full.</returns>
    public bool TryBecome(User user)
    {
        if (user.Account != Account || !_isInAccount)
        {
            if (!user.Account.TryEnter())
            {
                return false;
            }

            Leave();
            Account = user.Account;
            _isInAccount = true;
        }

        Take(user);
        return true;
    }

    /// <summary>Takes over what its user may do now.</summary>
    public void Take(User user)
    {
        User = user;
        Volatile.Write(ref _permissions, user.Permissions is { } permissions ? new ClientPermissions(permissions, services.Time) : null);
        _payloadLimit = Account.MaxPayloadFor(user.MaxPayload);
        _subscriptionLimit = Account.MaxSubscriptionsFor(user.MaxSubscriptions);
        timer.Expire(user.Expires, user.AccountExpires);
    }

    /// <summary>Counts among its account's connections no longer.</summary>
    public void Leave()
    {
        if (_isInAccount)
        {
            Account.Leave();
            _isInAccount = false;
        }
    }

    /// <summary>The name monitoring shows. Where nobody needs to log in, it is who it says it is, as in nats-server.</summary>
    public string ShownName(ConnectOptions options) =>
        User is { Name.Length: > 0 } user ? user.Name
        : options.Nkey.Length > 0 ? options.Nkey
        : options.User;
}
