namespace NatsKestrel.Broker.Configuration;

/// <summary>What is allowed but seldom wise; the server logs it at start.</summary>
internal static class OptionWarnings
{
    private const int DiscouragedPayload = 8 * 1024 * 1024;

    /// <summary>The warnings, worded as nats-server 2.15.1 words them.</summary>
    public static IEnumerable<string> For(NatsBrokerOptions options)
    {
        if (options.Limits.MaxPayload > DiscouragedPayload)
        {
            yield return "Maximum payloads over 8.00 MB are generally discouraged and could lead to poor performance";
        }

        AuthorizationOptions authorization = options.Authorization;
        if (LoginRules.AllUsers(options).Select(user => user.User.Password).Append(authorization.Password).Append(authorization.Token)
            .Any(secret => secret.Length > 0 && !LoginRules.IsHash(secret)))
        {
            yield return "Plaintext passwords detected, use nkeys or bcrypt";
        }

        // nats-server lets anybody in who knows such a name.
        foreach ((string key, UserOptions user) in LoginRules.AllUsers(options))
        {
            if (user.User.Length > 0 && user.Password.Length == 0 && !options.Tls.VerifyAndMap && !options.WebSocket.Tls.VerifyAndMap && user.User != options.NoAuthUser && user.User != options.WebSocket.NoAuthUser)
            {
                yield return $"{key}: user {user.User} has no password and cannot log in by name";
            }
        }
    }
}
