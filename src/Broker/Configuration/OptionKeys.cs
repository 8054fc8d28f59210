namespace NatsKestrel.Broker.Configuration;

/// <summary>Every key below <c>Nats</c> that means something, found from the options classes themselves.</summary>
internal static class OptionKeys
{
    private static readonly Lazy<OptionNode[]> Nodes = new(() => [.. Root!.WithAllBelow()]);

    private static readonly Lazy<Dictionary<string, OptionKey>> Options = new(() => Nodes.Value.Where(node => node.IsAlwaysThere)
        .Select(node => node.Value).OfType<OptionKey>().ToDictionary(option => option.Path, StringComparer.OrdinalIgnoreCase));

    /// <summary>The tree of all options.</summary>
    public static OptionNode Root { get; } = new(NatsBrokerOptions.SectionName, typeof(NatsBrokerOptions), options => options, new NatsBrokerOptions());

    /// <summary>The options that always have a value, by full key; upper and lower case are the same, as everywhere in configuration.</summary>
    public static IReadOnlyDictionary<string, OptionKey> All => Options.Value;

    /// <summary>Every section, list and value there can be, also inside lists and optional sections.</summary>
    public static IEnumerable<string> Paths => Nodes.Value.Select(node => node.Path);

    /// <summary>The place that a key names; null where it names none.</summary>
    public static OptionNode? Find(string key)
    {
        string[] parts = key.Split(':');
        OptionNode? node = parts[0].Equals(Root.Path, StringComparison.OrdinalIgnoreCase) ? Root : null;
        foreach (string part in parts.Skip(1))
        {
            node = node?.Find(part);
        }

        return node;
    }
}
