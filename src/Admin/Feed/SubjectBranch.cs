using System.Text;
using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Admin.Feed;

/// <summary>One line of the subject tree: a token with its traffic and its subscribers.</summary>
/// <param name="Token">The token.</param>
/// <param name="Subject">The subject down to it.</param>
/// <param name="Subscribers">Subscriptions to exactly this subject or pattern.</param>
/// <param name="Below">Subscriptions to what is below it.</param>
/// <param name="Traffic">What was published to it or below; null for nothing.</param>
internal sealed record SubjectBranch(string Token, string Subject, int Subscribers, int Below, SubjectNode? Traffic)
{
    /// <summary>Lines below one prefix that are shown at most.</summary>
    public const int MaxLines = 200;

    public bool HasMore => Below > 0 || Traffic?.Children.Count > 0;

    /// <summary>The lines below a prefix: tokens of subscriptions and of published subjects together, the busiest first.</summary>
    /// <param name="account">The account.</param>
    /// <param name="tree">What is published there; null where that is not known.</param>
    /// <param name="prefix">Whole tokens; empty for the first ones.</param>
    public static IReadOnlyList<SubjectBranch> Under(Account account, SubjectNode? tree, string prefix)
    {
        SubjectNode? node = tree?.Find(prefix);
        var branches = new Dictionary<string, SubjectBranch>();
        foreach (var child in account.Sublist.Children(Encoding.UTF8.GetBytes(prefix)))
        {
            string token = Encoding.UTF8.GetString(child.Token.Span);
            branches[token] = new SubjectBranch(token, Join(prefix, token), child.Here, child.Below, node?.Children.GetValueOrDefault(token));
        }

        foreach (var (token, published) in node?.Children ?? new Dictionary<string, SubjectNode>())
        {
            branches.TryAdd(token, new SubjectBranch(token, Join(prefix, token), 0, 0, published));
        }

        return
        [
            .. branches.Values
                .OrderByDescending(static branch => branch.Traffic?.Messages ?? 0)
                .ThenBy(static branch => branch.Token, StringComparer.Ordinal)
                .Take(MaxLines),
        ];
    }

    private static string Join(string prefix, string token) => prefix.Length == 0 ? token : $"{prefix}.{token}";
}
