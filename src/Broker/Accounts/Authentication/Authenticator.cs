using System.Net;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts.Callout;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Finds out who a client is: the one place where that is decided, whatever way it came in by.</summary>
internal sealed class Authenticator(
    LoginDirectory directory,
    PasswordChecks passwords,
    LoginThrottle throttle,
    UserBlocks blocks,
    IEnumerable<IClientAuthenticator> deciders,
    AccountDirectory accounts,
    ILogger<Authenticator> logger)
{
    private readonly IClientAuthenticator[] _deciders = [.. deciders];
    private volatile LoginDirectory _directory = directory;

    /// <summary>Who may log in at this moment.</summary>
    public LoginDirectory Directory => _directory;

    /// <summary>Asks the service that decides about logins, where there is one; null lets nobody in by it.</summary>
    public ICallout? Callout { get; set; }

    /// <summary>True where clients must log in, on every port.</summary>
    public bool IsRequired => _deciders.Length > 0 || _directory.IsRequired;

    /// <summary>True where clients that come in by this way must.</summary>
    public bool IsRequiredFor(ConnectionTypes way) => _deciders.Length > 0 || _directory.IsRequiredFor(way);

    /// <summary>Who a client that has not sent CONNECT, but something else, is taken for; null where it must go.</summary>
    public User? WithoutConnect(ConnectionTypes way) =>
        _deciders.Length == 0 && _directory.WithoutConnect(way) is { } user && !blocks.IsBlocked(user.Name) ? user : null;

    /// <summary>Takes other users from now on; whoever is logged in is not looked at again here.</summary>
    public void Replace(LoginDirectory directory)
    {
        _directory = directory;
        passwords.Forget();
    }

    /// <summary>Decides where that takes no time.</summary>
    /// <returns>Null where it does: then <see cref="LoginAsync"/> decides.</returns>
    public LoginOutcome? TryLogin(LoginRequest request)
    {
        if (_deciders.Length > 0 || IsArithmetic(request))
        {
            return null;
        }

        LoginDirectory directory = _directory;
        LoginCandidate candidate = directory.Find(request);
        bool isRight = true;
        if (directory.CalloutOf(request, candidate.User) is not null)
        {
            return null;
        }

        if (candidate.Secret is { } secret && !passwords.TryCheck(secret, candidate.Given, out isRight))
        {
            return null;
        }

        if (isRight && candidate.User is { } user && !blocks.IsBlocked(user.Name))
        {
            return new LoginOutcome(user);
        }

        if (throttle.IsSlowed(request.Remote?.Address))
        {
            return null;
        }

        throttle.NoteFailure(request.Remote?.Address);
        return LoginOutcome.Refused;
    }

    /// <summary>Decides, however long it takes.</summary>
    public async Task<LoginOutcome> LoginAsync(LoginRequest request)
    {
        LoginOutcome outcome = await DecideAsync(request).ConfigureAwait(false);
        if (outcome.User is { } user && blocks.IsBlocked(user.Name))
        {
            outcome = LoginOutcome.Refused;
        }

        if (outcome.User is null)
        {
            IPAddress? address = request.Remote?.Address;
            throttle.NoteFailure(address);
            await throttle.HoldBackAsync(address).ConfigureAwait(false);
        }

        return outcome;
    }

    private async Task<LoginOutcome> DecideAsync(LoginRequest request)
    {
        if (IsArithmetic(request))
        {
            await Task.Yield(); // to a thread of the pool
        }

        foreach (IClientAuthenticator decider in _deciders)
        {
            if (await AskAsync(decider, request).ConfigureAwait(false) is { } outcome)
            {
                return outcome;
            }
        }

        LoginDirectory directory = _directory;
        LoginCandidate candidate = directory.Find(request);
        CalloutRules? rules = directory.CalloutOf(request, candidate.User);
        LoginOutcome known = rules is null || rules.MayLeave ? await CheckAsync(candidate, request).ConfigureAwait(false) : LoginOutcome.Refused;
        return rules is null || (known.User is { } user && rules.Leaves(user.Account.Name)) ? known : await AskAsync(rules, request).ConfigureAwait(false);
    }

    // True where a signature has to be checked, which must not hold up the thread that moves messages.
    private bool IsArithmetic(LoginRequest request) => _directory.NeedsNonce && request.Options.Sig.Length + request.Options.Jwt.Length > 0;

    private async Task<LoginOutcome> CheckAsync(LoginCandidate candidate, LoginRequest request)
    {
        string source = request.Remote?.Address.ToString() ?? "";
        bool isRight = candidate.Secret is null || await passwords.CheckAsync(candidate.Secret, candidate.Given, source).ConfigureAwait(false);
        return isRight && candidate.User is { } user ? new LoginOutcome(user) : LoginOutcome.Refused;
    }

    private async Task<LoginOutcome> AskAsync(CalloutRules rules, LoginRequest request) =>
        Callout is { } callout ? await callout.AskAsync(rules, request).ConfigureAwait(false) : LoginOutcome.Refused;

    private async Task<LoginOutcome?> AskAsync(IClientAuthenticator decider, LoginRequest request)
    {
        try
        {
            ClientLoginResult result = await decider.AuthenticateAsync(ClientLogin.From(request)).ConfigureAwait(false);
            return result.IsUndecided ? null : result.Identity?.ToUser(accounts) is { } user ? new LoginOutcome(user) : LoginOutcome.Refused;
        }
        catch (Exception exception)
        {
            // The application's own code: whatever went wrong in it, nobody gets in by that.
            logger.DeciderFailed(exception, request.ConnectionId);
            return LoginOutcome.Refused;
        }
    }
}
