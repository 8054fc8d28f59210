namespace NatsKestrel.Broker.Subjects;

/// <summary>What hangs below a node: the nodes its subjects go on with, by their first token, and its queue groups.</summary>
/// <remarks>Apart from the node because most nodes are leaves, and a leaf should cost as little as it can.</remarks>
internal sealed class SublistBranches
{
    private volatile SublistNode? _star;
    private volatile SublistNode? _rest;

    /// <summary>Nodes whose first token is literal. Read by anyone, changed by writers only, through this object.</summary>
    public NodeMap Literals;

    /// <summary>Queue groups of the node above: nodes whose label is the group's name.</summary>
    public NodeMap Groups;

    /// <summary>The node whose first token is <c>*</c>.</summary>
    public SublistNode? Star => _star;

    /// <summary>The node that is <c>&gt;</c>.</summary>
    public SublistNode? Rest => _rest;

    public int ChildCount => Literals.Count + (_star is null ? 0 : 1) + (_rest is null ? 0 : 1);

    public bool IsEmpty => ChildCount == 0 && Groups.Count == 0;

    /// <summary>The child whose first token is this text, wildcards taken as text.</summary>
    public SublistNode? Find(ReadOnlySpan<byte> token)
    {
        if (SubjectRules.IsStar(token))
        {
            return _star;
        }

        return SubjectRules.IsRest(token) ? _rest : Literals.Find(token);
    }

    public void Add(SublistNode node)
    {
        if (SubjectRules.IsStar(node.FirstToken))
        {
            _star = node;
        }
        else if (SubjectRules.IsRest(node.FirstToken))
        {
            _rest = node;
        }
        else
        {
            Literals.Add(node);
        }
    }

    public void Replace(SublistNode old, SublistNode node)
    {
        if (_star == old)
        {
            _star = node;
        }
        else if (_rest == old)
        {
            _rest = node;
        }
        else
        {
            Literals.Replace(old, node);
        }
    }

    public void Remove(SublistNode node)
    {
        if (_star == node)
        {
            _star = null;
        }
        else if (_rest == node)
        {
            _rest = null;
        }
        else
        {
            Literals.Remove(node);
        }
    }

    /// <summary>The child that is left when there is one.</summary>
    public SublistNode SingleChild() => _star ?? _rest ?? Literals.Single();

    /// <summary>Puts all children, as they are now, onto a stack.</summary>
    public void PushChildren(Stack<SublistNode> stack)
    {
        foreach (SublistNode? node in Literals.Slots)
        {
            Push(stack, node);
        }

        Push(stack, _star);
        Push(stack, _rest);
    }

    private static void Push(Stack<SublistNode> stack, SublistNode? node)
    {
        if (node is not null && node != SublistNode.Removed)
        {
            stack.Push(node);
        }
    }
}
