namespace NatsKestrel.Admin.Feed;

/// <summary>What is published in one account, by subject.</summary>
/// <param name="Account">The account's name.</param>
/// <param name="Subjects">The subjects, in no particular order.</param>
/// <param name="Other">Messages to subjects beyond the number that is counted one by one.</param>
/// <param name="Sizes">Messages of each <see cref="SizeClass"/>.</param>
internal sealed record AccountTraffic(string Account, IReadOnlyList<SubjectTraffic> Subjects, long Other, IReadOnlyList<long> Sizes)
{
    private readonly Lazy<SubjectNode> _tree = new(() => SubjectNode.Build(Subjects));

    /// <summary>The subjects as a tree; built when first asked for, and shared by all pages.</summary>
    public SubjectNode Tree => _tree.Value;
}
