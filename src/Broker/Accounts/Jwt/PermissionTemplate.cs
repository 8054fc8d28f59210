using System.Text.RegularExpressions;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>Fills in what a scoped signing key leaves open: <c>{{name()}}</c>, <c>{{subject()}}</c>, <c>{{tag(x)}}</c> and their like.</summary>
/// <remarks>Each value becomes one literal token; one that would be more, or a wildcard, fails the login.</remarks>
internal static partial class PermissionTemplate
{
    private const int MaxSubjects = 4096;

    /// <summary>Replaces the templates in place.</summary>
    /// <returns>False where a value is missing, or is no token.</returns>
    public static bool TryFill(PermissionOptions permissions, SignedClaims user, SignedClaims account) =>
        Lists(permissions).All(list => TryFill(list, user, account));

    private static IEnumerable<List<string>> Lists(PermissionOptions permissions)
    {
        foreach (SubjectPermissionOptions? lists in (SubjectPermissionOptions?[])[permissions.Publish, permissions.Subscribe])
        {
            if (lists is not null)
            {
                yield return lists.Allow;
                yield return lists.Deny;
            }
        }
    }

    private static bool TryFill(List<string> subjects, SignedClaims user, SignedClaims account)
    {
        var filled = new List<string>();
        foreach (string subject in subjects)
        {
            List<string> results = [subject];
            while (results.Count > 0 && Template().Match(results[0]) is { Success: true } match)
            {
                string[] values = Values(match.Groups["name"].Value.ToUpperInvariant(), match.Groups["argument"].Value, user, account);
                if (values.Length == 0 || values.Any(value => !IsToken(value)) || results.Count * values.Length > MaxSubjects)
                {
                    return false;
                }

                results = [.. results.SelectMany(result => values.Select(value => result.Replace(match.Value, value, StringComparison.Ordinal)))];
            }

            filled.AddRange(results);
        }

        subjects.Clear();
        subjects.AddRange(filled);
        return true;
    }

    private static string[] Values(string name, string argument, SignedClaims user, SignedClaims account) => name switch
    {
        "NAME" => [user.Name],
        "SUBJECT" => [user.Subject],
        "ACCOUNT-NAME" => [account.Name],
        "ACCOUNT-SUBJECT" => [account.Subject],
        "TAG" => Tags(user, argument),
        "ACCOUNT-TAG" => Tags(account, argument),
        _ => [],
    };

    private static string[] Tags(SignedClaims claims, string name) =>
    [
        .. JsonText.Texts(claims.Nats, "tags")
            .Where(tag => tag.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(tag => tag[(name.Length + 1)..]),
    ];

    private static bool IsToken(string value) => value.Length > 0 && value is not ("*" or ">") && !value.Any(c => c is '.' or <= ' ' or '\x7f');

    [GeneratedRegex(@"\{\{\s*(?<name>[a-zA-Z-]+)\s*\(\s*(?<argument>[^)]*?)\s*\)\s*\}\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Template();
}
