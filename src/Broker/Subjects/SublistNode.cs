namespace NatsKestrel.Broker.Subjects;

/// <summary>A node of the trie: one or more tokens, and who listens to the subject that ends with them.</summary>
/// <remarks>
/// The label of a node may hold several tokens, wildcards among them: a chain without branches or listeners is one node, so
/// that memory follows the bytes of a subject and not the number of its tokens. A queue group is a node too, named by the
/// group. Label and hash never change; a node that has to be split or merged is replaced by new ones that take over its
/// listeners and branches. Writers hold the sublist's lock.
/// </remarks>
internal sealed class SublistNode
{
    /// <summary>What a <see cref="NodeMap"/> leaves where a node was. Its first token is empty: no search ends there.</summary>
    public static readonly SublistNode Removed = new([], 0, 0, false);

    private readonly ushort _firstLength;
    private readonly bool _hasLaterWildcards;
    private volatile object? _listeners;
    private volatile SublistBranches? _branches;

    private SublistNode(byte[] label, int firstLength, uint hash, bool hasLaterWildcards)
    {
        Label = label;
        Hash = hash;
        _firstLength = (ushort)firstLength;
        _hasLaterWildcards = hasLaterWildcards;
    }

    /// <summary>Its tokens, with dots between them; or the name of the queue group.</summary>
    public byte[] Label { get; }

    /// <summary>The hash of <see cref="FirstToken"/>.</summary>
    public uint Hash { get; }

    /// <summary>What its parent knows it by.</summary>
    public ReadOnlySpan<byte> FirstToken => Label.AsSpan(0, _firstLength);

    /// <summary>Null, a <see cref="SublistEntry"/> that is alone, or an <see cref="EntryBag"/>: the plain listeners, or the group's.</summary>
    public object? Listeners => _listeners;

    /// <summary>What is below; null for most.</summary>
    public SublistBranches? Branches => _branches;

    public bool HasEntries => _listeners is not null || _branches is { Groups.Count: > 0 };

    /// <summary>A node for the whole of <paramref name="tokens"/>.</summary>
    public static SublistNode ForTokens(ReadOnlySpan<byte> tokens)
    {
        int firstLength = SubjectRules.TokenEnd(tokens, 0);
        bool hasLaterWildcards = firstLength < tokens.Length && !SubjectRules.IsLiteral(tokens[(firstLength + 1)..]);
        return new(tokens.ToArray(), firstLength, SubjectHash.OfToken(tokens[..firstLength]), hasLaterWildcards);
    }

    /// <summary>A node for a queue group, whose name is one token whatever its bytes.</summary>
    public static SublistNode ForGroup(ReadOnlySpan<byte> name) => new(name.ToArray(), name.Length, SubjectHash.OfToken(name), false);

    /// <summary>Goes on to match the tokens after the first.</summary>
    /// <param name="subject">A published subject without empty tokens.</param>
    /// <param name="at">Where the token that matched the first one ends.</param>
    /// <returns>Where the last token that matched ends; -1 where the label does not match.</returns>
    public int MatchLaterTokens(ReadOnlySpan<byte> subject, int at)
    {
        ReadOnlySpan<byte> later = Label.AsSpan(_firstLength);
        if (later.IsEmpty)
        {
            return at;
        }

        if (_hasLaterWildcards)
        {
            return MatchByToken(later, subject, at);
        }

        if (!subject[at..].StartsWith(later))
        {
            return -1;
        }

        at += later.Length;
        return at == subject.Length || subject[at] == (byte)'.' ? at : -1;
    }

    /// <summary>As <see cref="MatchLaterTokens"/>, against a subscription's subject: where some subject can match both.</summary>
    /// <returns>Where the last token met ends; -1 for none; the pattern's length + 1 where its <c>&gt;</c> takes all below.</returns>
    public int OverlapLaterTokens(ReadOnlySpan<byte> pattern, int at)
    {
        if (SubjectRules.IsRest(FirstToken))
        {
            return pattern.Length;
        }

        for (int from = _firstLength; from < Label.Length;)
        {
            if (at == pattern.Length)
            {
                return -1;
            }

            int end = SubjectRules.TokenEnd(Label, from + 1);
            int patternEnd = SubjectRules.TokenEnd(pattern, at + 1);
            ReadOnlySpan<byte> token = Label.AsSpan(from + 1, end - from - 1);
            ReadOnlySpan<byte> other = pattern[(at + 1)..patternEnd];
            if (SubjectRules.IsRest(other))
            {
                return pattern.Length + 1;
            }

            if (SubjectRules.IsRest(token))
            {
                return pattern.Length;
            }

            if (!SubjectRules.IsStar(token) && !SubjectRules.IsStar(other) && !token.SequenceEqual(other))
            {
                return -1;
            }

            from = end;
            at = patternEnd;
        }

        return at;
    }

    /// <summary>How many bytes of the label are whole tokens that <paramref name="tokens"/> begins with, too.</summary>
    public int CommonTokens(ReadOnlySpan<byte> tokens)
    {
        int length = tokens.CommonPrefixLength(Label);
        while (!EndsToken(tokens, length) || !EndsToken(Label, length))
        {
            length--;
        }

        return length;

        static bool EndsToken(ReadOnlySpan<byte> text, int at) => at == text.Length || text[at] == (byte)'.';
    }

    public void Add(SublistEntry entry)
    {
        switch (_listeners)
        {
            case null:
                entry.Position = 1;
                _listeners = entry;
                break;
            case EntryBag bag:
                bag.Add(entry);
                break;
            default:
                _listeners = new EntryBag((SublistEntry)_listeners, entry);
                break;
        }
    }

    public bool Remove(SublistEntry entry)
    {
        if (_listeners == entry)
        {
            _listeners = null;
        }
        else if (_listeners is not EntryBag bag || !bag.Remove(entry))
        {
            return false;
        }
        else if (bag.Count == 1)
        {
            SublistEntry single = bag.Single();
            single.Position = 1;
            _listeners = single;
        }

        return true;
    }

    public SublistBranches EnsureBranches() => _branches ??= new SublistBranches();

    public void DropEmptyBranches()
    {
        if (_branches is { IsEmpty: true })
        {
            _branches = null;
        }
    }

    /// <summary>Two nodes that say the same as this one: its first <paramref name="length"/> bytes, and the others below.</summary>
    public SublistNode Split(int length)
    {
        SublistNode lower = ForTokens(Label.AsSpan(length + 1));
        lower._listeners = _listeners;
        lower._branches = _branches;

        SublistNode upper = ForTokens(Label.AsSpan(0, length));
        upper.EnsureBranches().Add(lower);
        return upper;
    }

    /// <summary>One node that says the same as this one and its only child, for one that has no entries of its own.</summary>
    public SublistNode MergeWithChild()
    {
        SublistNode child = _branches!.SingleChild();
        SublistNode merged = ForTokens([.. Label, (byte)'.', .. child.Label]);
        merged._listeners = child._listeners;
        merged._branches = child._branches;
        return merged;
    }

    private static int MatchByToken(ReadOnlySpan<byte> later, ReadOnlySpan<byte> subject, int at)
    {
        for (int from = 0; from < later.Length;)
        {
            if (at == subject.Length)
            {
                return -1;
            }

            int end = SubjectRules.TokenEnd(later, from + 1);
            int subjectEnd = SubjectRules.TokenEnd(subject, at + 1);
            ReadOnlySpan<byte> token = later[(from + 1)..end];
            if (SubjectRules.IsRest(token))
            {
                return subject.Length;
            }

            if (!SubjectRules.IsStar(token) && !token.SequenceEqual(subject[(at + 1)..subjectEnd]))
            {
                return -1;
            }

            from = end;
            at = subjectEnd;
        }

        return at;
    }
}
