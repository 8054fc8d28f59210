namespace NatsKestrel.Broker.Configuration;

/// <summary>The rules on who may use the console.</summary>
internal static class ConsoleRules
{
    private const string Section = "Nats:Console";

    private static readonly string[] Roles = ["viewer", "operator", "admin"];

    /// <summary>Every rule that is broken.</summary>
    public static IEnumerable<BrokenRule> Check(ConsoleOptions console)
    {
        foreach (var (name, token) in Tokens(console))
        {
            if (token is { Length: > 0 and < ConsoleOptions.MinTokenLength })
            {
                // The key of the whole group, because the line would show the value of a single one.
                yield return new(Section, $"has an {name} of fewer than {ConsoleOptions.MinTokenLength} characters");
            }
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((int index, ConsoleUserOptions user) in console.Users.Index())
        {
            string key = $"{Section}:Users:{index}";
            if (user.Name.Trim().Length == 0 || !names.Add(user.Name))
            {
                yield return new($"{key}:Name", "is required, and must be another for each user");
            }

            if (!Roles.Contains(user.Role, StringComparer.OrdinalIgnoreCase))
            {
                yield return new($"{key}:Role", $"must be one of {string.Join(", ", Roles)}");
            }

            if (!LoginRules.IsHash(user.Password))
            {
                yield return new($"{key}", "needs the bcrypt hash of a password as its Password, such as htpasswd -nB makes");
            }
            else if (LoginRules.HashProblem(user.Password) is { } problem)
            {
                yield return new($"{key}:Password", problem);
            }
        }
    }

    /// <summary>The rules between its options.</summary>
    public static IEnumerable<BrokenRule> CheckPairs(ConsoleOptions console)
    {
        string[] tokens = [.. Tokens(console).Select(token => token.Token ?? "").Where(token => token.Length > 0)];
        if (tokens.Distinct(StringComparer.Ordinal).Count() < tokens.Length)
        {
            yield return new(Section, "has one token for two roles; each needs its own");
        }
    }

    private static (string Name, string? Token)[] Tokens(ConsoleOptions console) =>
    [
        (nameof(console.AdminToken), console.AdminToken),
        (nameof(console.OperatorToken), console.OperatorToken),
        (nameof(console.ViewerToken), console.ViewerToken),
    ];
}
