using System.Text;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Permissions;

/// <summary>What a permission entry must look like.</summary>
internal static class PermissionRules
{
    /// <summary>Every entry that is none.</summary>
    /// <param name="key">The key of the permissions.</param>
    /// <param name="permissions">Null breaks no rule.</param>
    public static IEnumerable<BrokenRule> Check(string key, PermissionOptions? permissions) =>
        CheckList($"{key}:Publish:Allow", permissions?.Publish?.Allow, maxParts: 1)
            .Concat(CheckList($"{key}:Publish:Deny", permissions?.Publish?.Deny, maxParts: 1))
            .Concat(CheckList($"{key}:Subscribe:Allow", permissions?.Subscribe?.Allow, maxParts: 2))
            .Concat(CheckList($"{key}:Subscribe:Deny", permissions?.Subscribe?.Deny, maxParts: 2));

    private static IEnumerable<BrokenRule> CheckList(string key, List<string>? entries, int maxParts)
    {
        foreach ((int index, string entry) in (entries ?? []).Index())
        {
            string[] parts = entry.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || parts.Length > maxParts || !parts.All(part => SubjectRules.IsSafeSubscription(Encoding.UTF8.GetBytes(part))))
            {
                yield return new($"{key}:{index}", maxParts == 1 ? "must be a subject" : "must be a subject, or a subject and a queue group");
            }
        }
    }
}
