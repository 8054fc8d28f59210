namespace NatsKestrel.Admin.Feed;

/// <summary>A token in the tree of subjects, with the traffic of all that is below it.</summary>
internal sealed class SubjectNode(string token, string subject)
{
    private readonly SortedDictionary<string, SubjectNode> _children = new(StringComparer.Ordinal);

    public string Token { get; } = token;

    /// <summary>The subject from the first token to this one; empty for the root.</summary>
    public string Subject { get; } = subject;

    public IReadOnlyDictionary<string, SubjectNode> Children => _children;

    public long Messages { get; private set; }

    public double MessageRate { get; private set; }

    public double ByteRate { get; private set; }

    public ulong LastPublisher { get; private set; }

    public static SubjectNode Build(IEnumerable<SubjectTraffic> subjects)
    {
        var root = new SubjectNode("", "");
        foreach (SubjectTraffic traffic in subjects)
        {
            root.Add(traffic);
        }

        return root;
    }

    /// <summary>The node of a subject, or null where nothing was published there or below.</summary>
    public SubjectNode? Find(string subject)
    {
        SubjectNode? node = this;
        foreach (string token in subject.Length == 0 ? [] : subject.Split('.'))
        {
            node = node?._children.GetValueOrDefault(token);
        }

        return node;
    }

    private void Add(SubjectTraffic traffic)
    {
        SubjectNode node = this;
        node.Count(traffic);
        int end = -1;
        foreach (string token in traffic.Subject.Split('.'))
        {
            end += token.Length + 1;
            if (!node._children.TryGetValue(token, out SubjectNode? child))
            {
                child = new SubjectNode(token, traffic.Subject[..end]);
                node._children.Add(token, child);
            }

            node = child;
            node.Count(traffic);
        }
    }

    private void Count(SubjectTraffic traffic)
    {
        Messages += traffic.Messages;
        MessageRate += traffic.MessageRate;
        ByteRate += traffic.ByteRate;
        LastPublisher = traffic.MessageRate > 0 || LastPublisher == 0 ? traffic.LastPublisher : LastPublisher;
    }
}
