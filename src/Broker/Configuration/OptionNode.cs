namespace NatsKestrel.Broker.Configuration;

/// <summary>A place in the tree of options: a section, a list, or one value.</summary>
/// <param name="Path">Its key; <c>#</c> stands for the number of a list's entry.</param>
internal sealed record OptionNode(string Path)
{
    /// <summary>What a section holds, by name; empty for lists and values.</summary>
    public Dictionary<string, OptionNode> Children { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the entries of a list are; null for sections and values.</summary>
    public OptionNode? Entry { get; set; }

    /// <summary>How a value is read; null for sections and lists.</summary>
    public OptionKey? Value { get; init; }

    /// <summary>The node below this one that a part of a key names.</summary>
    public OptionNode? Find(string part) =>
        Entry is null ? Children.GetValueOrDefault(part) : int.TryParse(part, out int index) && index >= 0 ? Entry : null;
}
