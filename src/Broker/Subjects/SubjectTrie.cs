using System.Runtime.CompilerServices;

namespace NatsKestrel.Broker.Subjects;

/// <summary>Entries by subject: a trie of tokens whose readers wait for nobody.</summary>
/// <remarks>
/// <para>
/// Writers come one at a time (<see cref="Sublist{T}"/> holds the lock), readers walk whenever they like. What makes that
/// sound: every change is one store of a reference, made after all that can be reached by it is complete. Stores are
/// releases and loads acquires (<c>volatile</c>, <see cref="Volatile"/>), so who sees the reference sees what is behind it.
/// Where an array is read whole its elements are loaded plainly: .NET orders a load after the one of the reference it needs.
/// </para>
/// <para>
/// An entry that is there during the whole of a walk is found: it can be reached from the root at any moment, and whatever a
/// reader holds stays good. A node that was split or merged is not cleared but left behind with the very listeners and
/// branches that its successors share, so later changes show in both; what is added to the successors alone came after the
/// reader did. Tables and lists that are replaced are not written again. An entry that is not there is not found, for nothing
/// leads to it once its removal is stored, except out of what a reader had taken before.
/// </para>
/// <para>
/// Except for the root, every node has entries or at least two children: chains are one node, and what is empty goes.
/// </para>
/// </remarks>
internal sealed class SubjectTrie
{
    private readonly SublistBranches _root = new();

    public bool IsEmpty => _root.IsEmpty;

    public void Insert(SublistEntry entry)
    {
        ReadOnlySpan<byte> subject = entry.Subject;
        SublistBranches branches = _root;
        while (true)
        {
            SublistNode? node = branches.Find(subject[..SubjectRules.TokenEnd(subject, 0)]);
            if (node is null)
            {
                node = SublistNode.ForTokens(subject);
                AddTo(node, entry);
                branches.Add(node);
                return;
            }

            int common = node.CommonTokens(subject);
            if (common < node.Label.Length)
            {
                SublistNode upper = node.Split(common);
                branches.Replace(node, upper);
                node = upper;
            }

            if (common == subject.Length)
            {
                AddTo(node, entry);
                return;
            }

            subject = subject[(common + 1)..];
            branches = node.EnsureBranches();
        }
    }

    /// <returns>False where the entry is not in the trie.</returns>
    public bool Remove(SublistEntry entry)
    {
        ReadOnlySpan<byte> subject = entry.Subject;
        SublistBranches? above = null;
        SublistNode? parent = null;
        SublistBranches branches = _root;
        SublistNode? node;
        while (true)
        {
            node = branches.Find(subject[..SubjectRules.TokenEnd(subject, 0)]);
            if (node is null || node.CommonTokens(subject) < node.Label.Length)
            {
                return false;
            }

            if (node.Label.Length == subject.Length)
            {
                break;
            }

            if (node.Branches is not { } below)
            {
                return false;
            }

            subject = subject[(node.Label.Length + 1)..];
            above = branches;
            parent = node;
            branches = below;
        }

        if (!RemoveFrom(node, entry))
        {
            return false;
        }

        node.DropEmptyBranches();
        if (node.HasEntries)
        {
            return true;
        }

        if (node.Branches is not null)
        {
            MergeIfChain(branches, node);
            return true;
        }

        branches.Remove(node);
        if (parent is not null)
        {
            parent.DropEmptyBranches();
            MergeIfChain(above!, parent);
        }

        return true;
    }

    /// <summary>Adds everyone who gets what is published to a subject, which must have no empty token.</summary>
    /// <remarks>Visits a node once at most, for there is one way to each. Uses no recursion: publishers choose the depth.</remarks>
    public void Match(ReadOnlySpan<byte> subject, MatchResult result)
    {
        SublistBranches branches = _root;
        int start = 0;
        while (true)
        {
            int end = SubjectRules.TokenEnd(subject, start);
            if (branches.Rest is { } rest)
            {
                result.Add(rest);
            }

            if (branches.Star is { } star && Step(star, subject, end, result, out int at) is { } belowStar)
            {
                result.Postpone(belowStar, at);
            }

            if (branches.Literals.Find(subject[start..end]) is { } literal && Step(literal, subject, end, result, out start) is { } below)
            {
                branches = below;
            }
            else if (!result.TryResume(ref branches, ref start))
            {
                return;
            }
        }
    }

    /// <summary>All entries, some at least as they are now: who comes or goes meanwhile may or may not be among them.</summary>
    public IEnumerable<SublistEntry> Entries() => EntriesOf(_root);

    /// <summary>The entries whose subject overlaps a pattern: those that can get a message which the pattern gets.</summary>
    public IEnumerable<SublistEntry> Overlapping(ReadOnlyMemory<byte> pattern)
    {
        var postponed = new Stack<(SublistBranches Branches, int Start)>();
        var found = new Stack<SublistNode>();
        postponed.Push((_root, 0));
        while (postponed.TryPop(out (SublistBranches Branches, int Start) at))
        {
            found.Clear();
            int end = PushOverlapping(at.Branches, pattern.Span, at.Start, found);
            while (found.TryPop(out SublistNode? node))
            {
                int next = end > pattern.Length ? end : node.OverlapLaterTokens(pattern.Span, end);
                if (next >= pattern.Length)
                {
                    foreach (SublistEntry entry in OwnEntries(node))
                    {
                        yield return entry;
                    }
                }

                if (next < 0 || next == pattern.Length || node.Branches is not { } below)
                {
                    continue;
                }

                if (next < pattern.Length)
                {
                    postponed.Push((below, next + 1));
                    continue;
                }

                foreach (SublistEntry entry in EntriesOf(below))
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary>The tokens that follow a prefix in the subjects of entries.</summary>
    /// <param name="prefix">Whole tokens, taken as text, wildcards too; empty for the first tokens of all subjects.</param>
    public IEnumerable<SubjectChild> Children(ReadOnlyMemory<byte> prefix)
    {
        if (prefix.IsEmpty)
        {
            return ChildrenOf(_root);
        }

        ReadOnlySpan<byte> rest = prefix.Span;
        SublistBranches branches = _root;
        while (true)
        {
            if (branches.Find(rest[..SubjectRules.TokenEnd(rest, 0)]) is not { } node)
            {
                return [];
            }

            int common = node.CommonTokens(rest);
            if (common == rest.Length)
            {
                return common < node.Label.Length ? [ChildAt(node, common + 1)] : node.Branches is { } children ? ChildrenOf(children) : [];
            }

            if (common < node.Label.Length || node.Branches is not { } below)
            {
                return [];
            }

            rest = rest[(common + 1)..];
            branches = below;
        }
    }

    /// <summary>Matches one node from its second token on.</summary>
    /// <returns>Where the walk goes on, from <paramref name="next"/>; null where it ends.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SublistBranches? Step(SublistNode node, ReadOnlySpan<byte> subject, int end, MatchResult result, out int next)
    {
        int at = node.MatchLaterTokens(subject, end);
        next = at + 1;
        if (at == subject.Length)
        {
            result.Add(node);
            return null;
        }

        return at < 0 ? null : node.Branches;
    }

    private static void AddTo(SublistNode node, SublistEntry entry)
    {
        if (entry.Queue.IsEmpty)
        {
            node.Add(entry);
            return;
        }

        SublistBranches branches = node.EnsureBranches();
        if (branches.Groups.Find(entry.Queue) is { } group)
        {
            group.Add(entry);
            return;
        }

        group = SublistNode.ForGroup(entry.Queue);
        group.Add(entry);
        branches.Groups.Add(group);
    }

    private static bool RemoveFrom(SublistNode node, SublistEntry entry)
    {
        if (entry.Queue.IsEmpty)
        {
            return node.Remove(entry);
        }

        if (node.Branches is not { } branches || branches.Groups.Find(entry.Queue) is not { } group || !group.Remove(entry))
        {
            return false;
        }

        if (group.Listeners is null)
        {
            branches.Groups.Remove(group);
        }

        return true;
    }

    private static void MergeIfChain(SublistBranches branches, SublistNode node)
    {
        if (!node.HasEntries && node.Branches is { ChildCount: 1 })
        {
            branches.Replace(node, node.MergeWithChild());
        }
    }

    /// <summary>Pushes the children whose first token overlaps the pattern's token at <paramref name="start"/>.</summary>
    /// <returns>Where that token ends; the pattern's length + 1 where it is <c>&gt;</c>.</returns>
    private static int PushOverlapping(SublistBranches branches, ReadOnlySpan<byte> pattern, int start, Stack<SublistNode> found)
    {
        int end = SubjectRules.TokenEnd(pattern, start);
        ReadOnlySpan<byte> token = pattern[start..end];
        if (SubjectRules.IsStar(token) || SubjectRules.IsRest(token))
        {
            branches.PushChildren(found);
            return SubjectRules.IsRest(token) ? pattern.Length + 1 : end;
        }

        SublistNode?[] nodes = [branches.Literals.Find(token), branches.Star, branches.Rest];
        foreach (SublistNode? node in nodes)
        {
            if (node is not null)
            {
                found.Push(node);
            }
        }

        return end;
    }

    private static IEnumerable<SubjectChild> ChildrenOf(SublistBranches branches)
    {
        var nodes = new Stack<SublistNode>();
        branches.PushChildren(nodes);
        return nodes.Select(static node => ChildAt(node, 0));
    }

    private static SubjectChild ChildAt(SublistNode node, int start)
    {
        int end = SubjectRules.TokenEnd(node.Label, start);
        int all = CountOf(node) + (node.Branches is { } below ? CountBelow(below) : 0);
        int own = end == node.Label.Length ? CountOf(node) : 0;
        return new SubjectChild(node.Label.AsMemory(start, end - start), own, all - own);
    }

    private static int CountOf(SublistNode node)
    {
        int count = CountListeners(node);
        foreach (SublistNode? group in node.Branches?.Groups.Slots ?? [])
        {
            count += group is null ? 0 : CountListeners(group);
        }

        return count;
    }

    private static int CountListeners(SublistNode node) => node.Listeners switch
    {
        null => 0,
        EntryBag bag => bag.Count,
        _ => 1,
    };

    private static int CountBelow(SublistBranches branches)
    {
        int count = 0;
        var nodes = new Stack<SublistNode>();
        branches.PushChildren(nodes);
        while (nodes.TryPop(out SublistNode? node))
        {
            count += CountOf(node);
            node.Branches?.PushChildren(nodes);
        }

        return count;
    }

    private static IEnumerable<SublistEntry> EntriesOf(SublistBranches branches)
    {
        var nodes = new Stack<SublistNode>();
        branches.PushChildren(nodes);
        while (nodes.TryPop(out SublistNode? node))
        {
            foreach (SublistEntry entry in OwnEntries(node))
            {
                yield return entry;
            }

            node.Branches?.PushChildren(nodes);
        }
    }

    /// <summary>The entries whose subject ends at a node, plain ones and members of groups.</summary>
    private static IEnumerable<SublistEntry> OwnEntries(SublistNode node)
    {
        IEnumerable<SublistNode?> groups = node.Branches?.Groups.Slots ?? [];
        foreach (SublistNode? source in groups.Prepend(node))
        {
            if (source?.Listeners is EntryBag bag)
            {
                foreach (SublistEntry? entry in bag.Items)
                {
                    if (entry is not null)
                    {
                        yield return entry;
                    }
                }
            }
            else if (source?.Listeners is SublistEntry single)
            {
                yield return single;
            }
        }
    }
}
