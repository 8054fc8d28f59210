using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>Changes who may do what while the server runs: new accounts and users, and another look at everybody who is here.</summary>
internal sealed class AccessControl : WheelTimer, IReloadable
{
    private readonly AccountDirectory _accounts;
    private readonly Authenticator _authenticator;
    private readonly ConnectionRegistry _registry;
    private readonly TimerWheel _wheel;
    private readonly TimeProvider _time;
    private readonly ILogger<AccessControl> _logger;
    private readonly Lock _gate = new(); // one look at a time; guards _options
    private NatsBrokerOptions _options;

    public AccessControl(
        AccountDirectory accounts, Authenticator authenticator, ConnectionRegistry registry, NatsBrokerOptions options, TimerWheel wheel, TimeProvider time,
        ILogger<AccessControl> logger)
    {
        _wheel = wheel;
        _logger = logger;
        _accounts = accounts;
        _authenticator = authenticator;
        _registry = registry;
        _options = options;
        _time = time;
        accounts.ClaimsChanged = LookAgain;
        AwaitExpiry();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["Nats:Authorization", "Nats:Accounts", "Nats:Mappings", "Nats:ResolverPreload"];

    /// <inheritdoc/>
    public ReloadStep? Prepare(ReloadChange change)
    {
        if (change.Next.Authorization.AuthCallout is not null && _authenticator.Callout?.CanAsk != true)
        {
            throw new ReloadRefusedException("config reload not supported for AuthCallout: it cannot be switched on while the server runs");
        }

        return new ReloadStep(() => Apply(change.Next), Lines: ["Reloaded: authorization users", "Reloaded: accounts"]);
    }

    /// <summary>Applies valid options. Clients whose user is gone are closed, others keep what they still may.</summary>
    public void Apply(NatsBrokerOptions options)
    {
        lock (_gate)
        {
            _options = options;
        }

        _accounts.Apply(options);
        LookAgain();
    }

    /// <inheritdoc/>
    /// <remarks>Something may have expired: work for a thread that may take its time.</remarks>
    public override void OnDue() => ThreadPool.UnsafeQueueUserWorkItem(static self => self.LookAtTime(), this, preferLocal: false);

    private void LookAtTime()
    {
        try
        {
            _accounts.LookAtTime();
        }
        catch (Exception exception)
        {
            // On a thread of the pool nobody else would; the server goes on with the accounts it has.
            _logger.ExpiryFailed(exception);
        }
    }

    // A day at most: the clock may be set meanwhile, and the wheel counts time, not hours.
    private void AwaitExpiry()
    {
        if (_accounts.Trust?.NextExpiry is not { } expiry)
        {
            _wheel.Cancel(this);
            return;
        }

        TimeSpan left = expiry - _time.GetUtcNow();
        _wheel.Set(this, left < TimeSpan.Zero ? TimeSpan.Zero : left > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : left);
    }

    private void LookAgain()
    {
        lock (_gate)
        {
            var directory = new LoginDirectory(_options, _accounts, _time);
            _authenticator.Replace(directory);
            foreach (IUserConnection client in _registry.Open.Concat<IUserConnection>(_registry.Local))
            {
                Check(client, directory);
            }

            CloseSurplus();
            AwaitExpiry();
        }
    }

    private void Check(IUserConnection client, LoginDirectory directory)
    {
        // Who has not logged in yet is checked by the new rules anyway; whom the application let in stays its business.
        if (client.User is not { IsOfApplication: false } user)
        {
            return;
        }

        if (directory.FindAgain(user, out ProtocolError problem) is not { } now)
        {
            client.Close(problem, problem switch
            {
                ProtocolError.UserAuthenticationRevoked => CloseReason.CredentialsRevoked,
                ProtocolError.AccountAuthenticationExpired => CloseReason.AuthenticationExpired,
                _ => CloseReason.AuthenticationFailure,
            });
        }
        else if (now.Account != user.Account)
        {
            client.Close(CloseReason.ClientClosed);
        }
        else
        {
            client.Rebind(now);
            _registry.Rebound?.Invoke(client.Id, now.Account);
        }
    }

    // Where an account may have fewer connections than it has, those who came last go.
    private void CloseSurplus()
    {
        IEnumerable<IUserConnection> all = _registry.Open.Where(client => !client.IsClosing).Concat<IUserConnection>(_registry.Local);
        foreach (var account in all.Where(client => client.IsInAccount && client.Account.Limits.MaxConnections >= 0).GroupBy(client => client.Account))
        {
            foreach (IUserConnection client in account.OrderBy(client => client.Id).Skip(account.Key.Limits.MaxConnections))
            {
                client.Close(ProtocolError.MaxAccountConnectionsExceeded, CloseReason.MaxAccountConnectionsExceeded);
            }
        }
    }
}
