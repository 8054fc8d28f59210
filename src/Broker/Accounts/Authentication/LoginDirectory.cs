using System.Text;
using NatsKestrel.Broker.Accounts.Callout;
using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Who may log in, by what: immutable, made of the settings and replaced whole when they change.</summary>
internal sealed class LoginDirectory
{
    private readonly Dictionary<string, User> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, User> _byNkey = new(StringComparer.Ordinal);
    private readonly User? _single;
    private readonly Lazy<Secret> _nobody;
    private readonly ConnectionTypes _byCertificate;
    private readonly AccountDirectory _accounts;
    private readonly OperatorTrust? _trust;
    private readonly CalloutRules? _callout;
    private readonly User? _webSocketNoAuthUser;
    private readonly User? _webSocketSingle;
    private readonly TimeProvider _time;

    public LoginDirectory(NatsBrokerOptions options, AccountDirectory accounts, TimeProvider? time = null)
    {
        _accounts = accounts;
        _trust = accounts.Trust;
        _callout = CalloutRules.From(options.Authorization.AuthCallout);
        _time = time ?? TimeProvider.System;
        AuthorizationOptions authorization = options.Authorization;
        Anonymous = new User { Name = "", Account = accounts.Global };
        Add(authorization.Users, accounts.Global, authorization.DefaultPermissions);
        foreach (AccountOptions account in options.Accounts)
        {
            if (accounts.TryGet(account.Name, out Account? found))
            {
                Add(account.Users, found, account.DefaultPermissions);
            }
        }

        _single = Single(authorization.Token, authorization.User, authorization.Password, accounts.Global);
        WebSocketAuthorizationOptions webSocket = options.WebSocket.Authorization;
        _webSocketSingle = Single(webSocket.Token, webSocket.User, webSocket.Password, accounts.Global);
        _byCertificate = (MapsCertificates(options.Tls) ? ConnectionTypes.Standard : 0) | (MapsCertificates(options.WebSocket.Tls) ? ConnectionTypes.WebSocket : 0);
        _nobody = new Lazy<Secret>(() => CostliestSecret() ?? Secret.Nobody());
        IsRequired = _trust is not null || _single is not null || _byName.Count > 0 || _byNkey.Count > 0;
        NeedsNonce = _trust is not null || _byNkey.Count > 0;
        NoAuthUser = Named(options.NoAuthUser);
        _webSocketNoAuthUser = Named(options.WebSocket.NoAuthUser);
        IsOpenBesideSystem = _trust is null && _single is null && IsRequired && NoAuthUser is null
            && _byName.Values.Concat(_byNkey.Values).All(user => user.Account == accounts.System);
    }

    /// <summary>True where clients must log in, on every port.</summary>
    public bool IsRequired { get; }

    /// <summary>True where clients that come in by this way must.</summary>
    public bool IsRequiredFor(ConnectionTypes way) => IsRequired || (way == ConnectionTypes.WebSocket && _webSocketSingle is not null);

    /// <summary>True where only the system account has users: everybody else is in the global account, as in nats-server.</summary>
    public bool IsOpenBesideSystem { get; }

    /// <summary>True where INFO must hold something to sign.</summary>
    public bool NeedsNonce { get; }

    /// <summary>Who clients are that show nothing; null where there is no such user.</summary>
    public User? NoAuthUser { get; }

    /// <summary>Who clients are where nobody needs to log in.</summary>
    public User Anonymous { get; }

    /// <summary>Who a client that has not sent CONNECT, but something else, is taken for; null where it must go.</summary>
    public User? WithoutConnect(ConnectionTypes way) => !IsRequiredFor(way) || IsOpenBesideSystem ? Anonymous : NoAuthUserOf(way);

    /// <summary>Who somebody is whom the application let in under this name; null where the settings know no such user, or not by this way.</summary>
    /// <param name="name">Empty for somebody who showed nothing.</param>
    /// <param name="way">How they come in.</param>
    public User? Known(string name, ConnectionTypes way)
    {
        if (!IsRequiredFor(way))
        {
            return Anonymous with { Name = name, VouchedOn = way };
        }

        User? single = SingleOf(way);
        User? known = name.Length == 0 ? WithoutConnect(way) : _byName.GetValueOrDefault(name) ?? (single?.Secret is not null && single.LogName != "token" && single.Name == name ? single : null);
        return known is not null && (known.ConnectionTypes & way) != 0 ? known with { VouchedOn = way } : null;
    }

    /// <summary>Finds whom the credentials are those of: nkey, then certificate or name, then token or the one user there is.</summary>
    /// <remarks>The first way that applies decides; there is no second attempt by another.</remarks>
    public LoginCandidate Find(LoginRequest request)
    {
        if (!IsRequiredFor(request.Way))
        {
            return new(Anonymous);
        }

        if (_trust is not null)
        {
            return new(UserClaims.Check(request, _trust, _accounts, _time.GetUtcNow()));
        }

        if (_byNkey.Count > 0 && FindByNkey(request) is { } byNkey)
        {
            return byNkey;
        }

        if (_byName.Count > 0 && FindByName(request) is { } byName)
        {
            return byName;
        }

        if (IsOpenBesideSystem && request.IsAnonymous)
        {
            return new(Anonymous);
        }

        return FindSingle(request);
    }

    /// <summary>The service that decides about a login.</summary>
    /// <param name="request">The login.</param>
    /// <param name="found">Whom <see cref="Find"/> takes it for: in operator mode that says which account's service.</param>
    /// <returns>Null where the settings decide alone.</returns>
    public CalloutRules? CalloutOf(LoginRequest request, User? found)
    {
        CalloutRules? rules = _trust is null ? _callout : found is null ? null : _trust.CalloutOf(found.Account.Name);
        return rules is null || rules.Users.Contains(found?.Name ?? request.Options.Nkey) ? null : rules;
    }

    /// <summary>Who somebody is who logged in under earlier settings; null where that login would fail now.</summary>
    /// <param name="earlier">Who it was.</param>
    /// <param name="problem">What it must be told, where the result is null.</param>
    /// <remarks>Passwords are not kept, so it is what is written down of them that must not have changed.</remarks>
    public User? FindAgain(User earlier, out ProtocolError problem)
    {
        problem = ProtocolError.AuthorizationViolation;
        if (earlier.VouchedOn is { } way)
        {
            return Known(earlier.Name, way);
        }

        if (_webSocketSingle is not null && IsSame(_webSocketSingle, earlier))
        {
            return _webSocketSingle;
        }

        if (!IsRequired)
        {
            return Anonymous;
        }

        if (earlier.LogName.Length == 0)
        {
            return WithoutConnect(ConnectionTypes.Standard);
        }

        if (_trust is not null)
        {
            return UserClaims.CheckAgain(earlier, _trust, _accounts, _time.GetUtcNow(), out problem);
        }

        User? now = _byName.GetValueOrDefault(earlier.Name) ?? _byNkey.GetValueOrDefault(earlier.Name) ?? (_single?.Name == earlier.Name ? _single : null);
        return now is not null && IsSame(now, earlier) ? now : null;
    }

    private static bool IsSame(User now, User earlier) => now.LogName == earlier.LogName && (now.Secret is null
        ? earlier.Secret is null
        : earlier.Secret is not null && now.Secret.IsSameAs(earlier.Secret));

    private LoginCandidate? FindByNkey(LoginRequest request)
    {
        User? noAuthUser = NoAuthUserOf(request.Way);
        string nkey = request.Options.Nkey;
        if (nkey.Length == 0)
        {
            return request.IsAnonymous && noAuthUser is not null && _byNkey.ContainsValue(noAuthUser) ? Allow(noAuthUser, request) : null;
        }

        bool hasSigned = _byNkey.TryGetValue(nkey, out User? known) && request.Nonce is not null
            && Ed25519.Verify(nkey, Encoding.UTF8.GetBytes(request.Nonce), request.Options.Sig);
        return hasSigned || (known is not null && known == noAuthUser) ? Allow(known!, request) : new LoginCandidate(null);
    }

    private LoginCandidate? FindByName(LoginRequest request)
    {
        if ((_byCertificate & request.Way) != 0)
        {
            User? mapped = CertificateNames.Of(request.Certificate).Select(name => _byName.GetValueOrDefault(name)).FirstOrDefault(user => user is not null);
            return mapped is null ? new LoginCandidate(null) : Allow(mapped, request);
        }

        if (request.IsAnonymous && NoAuthUserOf(request.Way) is { } noAuthUser && _byName.ContainsValue(noAuthUser))
        {
            return Allow(noAuthUser, request);
        }

        if (request.Options.User.Length == 0)
        {
            return null;
        }

        // Who is unknown waits as long for the answer as who has the wrong password.
        return _byName.TryGetValue(request.Options.User, out User? user) && user.Secret is not null
            ? Allow(user, request) with { Secret = user.Secret, Given = request.Options.Pass }
            : new LoginCandidate(null, _nobody.Value, request.Options.Pass);
    }

    private LoginCandidate FindSingle(LoginRequest request)
    {
        if (SingleOf(request.Way) is not { } single)
        {
            return new(null);
        }

        if (single.LogName == "token")
        {
            return new(single, single.Secret, request.Options.AuthToken);
        }

        return new(request.Options.User == single.Name ? single : null, single.Secret ?? _nobody.Value, request.Options.Pass);
    }

    private static User? Single(string token, string user, string password, Account account) =>
        token.Length > 0 ? new User { Name = "[REDACTED]", LogName = "token", Account = account, Secret = Secret.From(token) }
        : user.Length > 0 ? NamedUser(user, password, account)
        : null;

    private static bool MapsCertificates(TlsOptions tls) => tls.VerifyAndMap && tls.CertFile.Length > 0;

    // The WebSocket port may have a login of its own, in place of the other.
    private User? SingleOf(ConnectionTypes way) => way == ConnectionTypes.WebSocket ? _webSocketSingle ?? _single : _single;

    private User? NoAuthUserOf(ConnectionTypes way) => way == ConnectionTypes.WebSocket ? _webSocketNoAuthUser ?? NoAuthUser : NoAuthUser;

    private User? Named(string name) => name.Length == 0 ? null : _byName.GetValueOrDefault(name) ?? _byNkey.GetValueOrDefault(name);

    private static LoginCandidate Allow(User user, LoginRequest request) =>
        new((user.ConnectionTypes & request.Way) != 0 ? user : null);

    private void Add(List<UserOptions> users, Account account, PermissionOptions? defaults)
    {
        foreach (UserOptions options in users)
        {
            User user = options.Nkey.Length > 0
                ? new User { Name = options.Nkey, LogName = $"nkey:{options.Nkey}", Account = account }
                : NamedUser(options.User, options.Password, account);
            user = user with
            {
                Permissions = UserPermissions.From(options.Permissions ?? defaults),
                ConnectionTypes = ConnectionTypeNames.Parse(options.AllowedConnectionTypes),
            };
            (options.Nkey.Length > 0 ? _byNkey : _byName).Add(user.Name, user);
        }
    }

    private static User NamedUser(string name, string password, Account account) => new()
    {
        Name = name,
        LogName = $"user:{name}",
        Account = account,
        Secret = password.Length == 0 ? null : Secret.From(password),
    };

    // By the two digits behind the version: each step doubles the time.
    private Secret? CostliestSecret() => _byName.Values.Append(_single).Append(_webSocketSingle).Select(user => user?.Secret)
        .Where(secret => secret?.Hash is not null).MaxBy(secret => int.Parse(secret!.Hash!.AsSpan(4, 2), provider: null));
}
