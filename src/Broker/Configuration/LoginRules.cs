namespace NatsKestrel.Broker.Configuration;

/// <summary>The rules on who may log in: ways that contradict each other, users that are named twice, names that mean nobody.</summary>
/// <remarks>What is refused is what nats-server 2.15.1 refuses; subjects and keys themselves are looked at by the accounts.</remarks>
internal static class LoginRules
{
    private const string Section = "Nats:Authorization";
    private const string WebSocketSection = "Nats:WebSocket:Authorization";
    private const int BcryptLength = 60;

    // Each step doubles the time: at 15 a login would take more than two seconds of a core.
    private const int MaxBcryptCost = 14;

    private static readonly string[] ConnectionTypes = ["STANDARD", "WEBSOCKET", "LEAFNODE", "LEAFNODE_WS", "MQTT", "MQTT_WS", "IN_PROCESS", "INPROCESS"];

    /// <summary>Every rule that is broken; sections that are null are somebody else's business.</summary>
    public static IEnumerable<BrokenRule> Check(NatsBrokerOptions options)
    {
        if (options.Authorization is not { } authorization)
        {
            return [];
        }

        return CheckWays(options, authorization)
            .Concat(AllUsers(options).SelectMany(user => CheckUser(user.Key, user.User)))
            .Concat(CheckHashes(options, authorization))
            .Concat(CheckTwice(options))
            .Concat(CheckNoAuthUser(options))
            .Concat(CheckWebSocket(options))
            .Concat(CheckCallout(options, authorization));
    }

    /// <summary>Every configured user with the key of its entry.</summary>
    public static IEnumerable<(string Key, UserOptions User)> AllUsers(NatsBrokerOptions options)
    {
        foreach ((int index, UserOptions user) in (options.Authorization?.Users ?? []).Index())
        {
            yield return ($"{Section}:Users:{index}", user);
        }

        foreach ((int number, AccountOptions account) in (options.Accounts ?? []).Index())
        {
            foreach ((int index, UserOptions user) in account.Users.Index())
            {
                yield return ($"Nats:Accounts:{number}:Users:{index}", user);
            }
        }
    }

    private static IEnumerable<BrokenRule> CheckWays(NatsBrokerOptions options, AuthorizationOptions authorization)
    {
        bool hasAccounts = options.Accounts?.Count > 0;
        if (authorization.Token.Length > 0)
        {
            if (authorization.User.Length > 0 || authorization.Password.Length > 0)
            {
                yield return new($"{Section}:Token", "must not be set together with User and Password");
            }

            if (authorization.Users.Count > 0)
            {
                yield return new($"{Section}:Token", "must not be set together with Users");
            }

            if (hasAccounts)
            {
                yield return new($"{Section}:Token", "must not be set together with Nats:Accounts: a token belongs to no account");
            }
        }

        if (authorization.User.Length > 0)
        {
            if (authorization.Users.Count > 0)
            {
                yield return new($"{Section}:User", "must not be set together with Users");
            }

            if (hasAccounts)
            {
                yield return new($"{Section}:User", "must not be set together with Nats:Accounts: give the account users of its own");
            }
        }
        else if (authorization.Password.Length > 0)
        {
            yield return new($"{Section}:Password", "needs a User beside it");
        }

        if ((options.Operators?.Count > 0 || options.TrustedKeys?.Count > 0) && (AllUsers(options).Any() || hasAccounts || authorization.User.Length + authorization.Token.Length > 0))
        {
            yield return new("Nats:Operators", "must not be set together with users, tokens or accounts: in operator mode all of them come from JWTs");
        }

        if (options.Operators?.Count > 0 && options.TrustedKeys?.Count > 0)
        {
            yield return new("Nats:TrustedKeys", "must not be set together with Nats:Operators");
        }
    }

    private static IEnumerable<BrokenRule> CheckUser(string key, UserOptions user)
    {
        if (user.Nkey.Length == 0 && user.User.Length == 0)
        {
            yield return new($"{key}:User", "is required, or an Nkey in its place");
        }

        if (user.Nkey.Length > 0 && (user.User.Length > 0 || user.Password.Length > 0))
        {
            yield return new($"{key}:Nkey", "must not be set together with User or Password");
        }

        foreach ((int index, string type) in user.AllowedConnectionTypes.Index())
        {
            if (!ConnectionTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            {
                yield return new($"{key}:AllowedConnectionTypes:{index}", $"must be one of {string.Join(", ", ConnectionTypes.SkipLast(1))}");
            }
        }
    }

    private static IEnumerable<BrokenRule> CheckHashes(NatsBrokerOptions options, AuthorizationOptions authorization)
    {
        var secrets = AllUsers(options).Select(user => (Key: $"{user.Key}:Password", Text: user.User.Password))
            .Append(($"{Section}:Password", authorization.Password)).Append(($"{Section}:Token", authorization.Token))
            .Append(($"{WebSocketSection}:Password", options.WebSocket?.Authorization?.Password ?? "")).Append(($"{WebSocketSection}:Token", options.WebSocket?.Authorization?.Token ?? ""));
        foreach ((string key, string text) in secrets)
        {
            if (HashProblem(text) is { } problem)
            {
                yield return new(key, problem);
            }
        }
    }

    /// <summary>What is wrong with a bcrypt hash; null for a good one, and for what is none.</summary>
    public static string? HashProblem(string text) =>
        IsHash(text) && (text.Length != BcryptLength || !int.TryParse(text.AsSpan(4, 2), out int cost) || cost is < 4 or > MaxBcryptCost)
            ? $"looks like a bcrypt hash, so it must have 60 characters and a cost from 4 to {MaxBcryptCost}" : null;

    /// <summary>True for what is compared as a bcrypt hash, as in nats-server.</summary>
    public static bool IsHash(string text) =>
        text is ['$', '2', 'a' or 'b' or 'x' or 'y', '$', >= '0' and <= '9', >= '0' and <= '9', '$', ..];

    private static IEnumerable<BrokenRule> CheckTwice(NatsBrokerOptions options)
    {
        var names = new HashSet<string>();
        foreach ((string key, UserOptions user) in AllUsers(options))
        {
            if (user.User.Length > 0 && !names.Add(user.User))
            {
                yield return new($"{key}:User", "must be unique over all users of all accounts");
            }

            if (user.Nkey.Length > 0 && !names.Add(user.Nkey))
            {
                yield return new($"{key}:Nkey", "must be unique over all users of all accounts");
            }
        }
    }

    private static IEnumerable<BrokenRule> CheckWebSocket(NatsBrokerOptions options)
    {
        if (options.WebSocket is { JwtCookie.Length: > 0 } && options.Operators is not { Count: > 0 } && options.TrustedKeys is not { Count: > 0 })
        {
            yield return new("Nats:WebSocket:JwtCookie", "needs Nats:Operators or Nats:TrustedKeys: without them nobody is known by a JWT");
        }

        if (options.WebSocket?.Authorization is not { } login)
        {
            yield break;
        }

        if (login.User.Length + login.Token.Length > 0 && AllUsers(options).Any())
        {
            string name = login.User.Length > 0 ? nameof(login.User) : nameof(login.Token);
            yield return new($"{WebSocketSection}:{name}", "must not be set together with users: they log in over WebSocket too");
        }
    }

    private static IEnumerable<BrokenRule> CheckNoAuthUser(NatsBrokerOptions options)
    {
        if (options.WebSocket?.NoAuthUser is { Length: > 0 } name && !IsUser(options, name))
        {
            yield return new("Nats:WebSocket:NoAuthUser", "must be the name or nkey of a user in Nats:Authorization:Users or Nats:Accounts");
        }

        if (string.IsNullOrEmpty(options.NoAuthUser))
        {
            yield break;
        }

        if (options.Operators?.Count > 0 || options.TrustedKeys?.Count > 0)
        {
            yield return new("Nats:NoAuthUser", "must not be set in operator mode");
        }
        else if (!IsUser(options, options.NoAuthUser))
        {
            yield return new("Nats:NoAuthUser", "must be the name or nkey of a user in Nats:Authorization:Users or Nats:Accounts");
        }
    }

    private static IEnumerable<BrokenRule> CheckCallout(NatsBrokerOptions options, AuthorizationOptions authorization)
    {
        if (authorization.AuthCallout is not { } callout)
        {
            yield break;
        }

        if (callout.Issuer.Length == 0)
        {
            yield return new($"{Section}:AuthCallout:Issuer", "is required");
        }

        if (callout.AuthUsers.Count == 0)
        {
            yield return new($"{Section}:AuthCallout:AuthUsers", "must name at least one user");
        }

        foreach ((int index, string name) in callout.AuthUsers.Index())
        {
            if (!IsUser(options, name) && name != authorization.User)
            {
                yield return new($"{Section}:AuthCallout:AuthUsers:{index}", "must be the name or nkey of a user");
            }
        }

        foreach ((string key, string name) in callout.AllowedAccounts.Index().Select(entry => ($"{Section}:AuthCallout:AllowedAccounts:{entry.Index}", entry.Item))
            .Append(($"{Section}:AuthCallout:Account", callout.Account)))
        {
            if (name.Length > 0 && name != "$G" && options.Accounts?.Exists(account => account.Name == name) != true)
            {
                yield return new(key, "must be the name of an account");
            }
        }
    }

    private static bool IsUser(NatsBrokerOptions options, string name) => AllUsers(options).Any(entry => entry.User.User == name || entry.User.Nkey == name);
}
