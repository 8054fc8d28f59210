using System.Reflection;

namespace NatsKestrel.Broker.Configuration;

/// <summary>A place in the tree of options: a section, a list, a map, or one value.</summary>
/// <remarks>What it is, and what is below it, is found when somebody asks: to look at all options took a fifth of the start.</remarks>
/// <param name="path">Its key; <c>#</c> stands for the number of a list's entry, or the name of a map's.</param>
/// <param name="type">The class of its section, or what its values are.</param>
/// <param name="read">Finds it in an options object; null where it may not be there: in an optional section, or in a list.</param>
/// <param name="atDefault">What it is when nothing is configured.</param>
internal sealed class OptionNode(string path, Type type, Func<NatsBrokerOptions, object?>? read, object? atDefault)
{
    private readonly Lazy<Shape> _shape = new(() => ShapeOf(path, type, read, atDefault));

    /// <summary>Its key.</summary>
    public string Path => path;

    /// <summary>True for what every options object has.</summary>
    public bool IsAlwaysThere => read is not null;

    /// <summary>What a section holds, by name; empty for lists and values.</summary>
    public IReadOnlyDictionary<string, OptionNode> Children => _shape.Value.Children;

    /// <summary>What the entries of a list or map are; null for sections and values.</summary>
    public OptionNode? Entry => _shape.Value.Entry;

    /// <summary>How a value is read; null for sections and lists.</summary>
    public OptionKey? Value => _shape.Value.Value;

    /// <summary>The node below this one that a part of a key names.</summary>
    public OptionNode? Find(string part) =>
        Entry is null ? Children.GetValueOrDefault(part) : _shape.Value.IsMap || (int.TryParse(part, out int index) && index >= 0) ? Entry : null;

    /// <summary>This node and all below it.</summary>
    public IEnumerable<OptionNode> WithAllBelow()
    {
        IEnumerable<OptionNode> below = Entry is null ? Children.Values : [Entry];
        return below.SelectMany(node => node.WithAllBelow()).Prepend(this);
    }

    private static Shape ShapeOf(string path, Type type, Func<NatsBrokerOptions, object?>? read, object? atDefault)
    {
        var children = new Dictionary<string, OptionNode>(StringComparer.OrdinalIgnoreCase);
        if (OptionSections.Find(type) is { } properties)
        {
            foreach (PropertyInfo property in properties)
            {
                children.Add(property.Name, Child(path, property, read, atDefault));
            }

            return new Shape(children, null, null);
        }

        // Lists and maps are the only options of generic types.
        return type.IsGenericType
            ? new Shape(children, new OptionNode(path + ":#", type.GenericTypeArguments[^1], read: null, atDefault: null), null, IsMap: type.GenericTypeArguments.Length == 2)
            : new Shape(children, null, new OptionKey(path, type, read ?? (static _ => null)));
    }

    // An object that is null by default is a section that may be left out; so is every entry of a list.
    private static OptionNode Child(string path, PropertyInfo property, Func<NatsBrokerOptions, object?>? read, object? atDefault)
    {
        object? childDefault = atDefault is null ? null : property.GetValue(atDefault);
        object? ReadChild(NatsBrokerOptions options) => read!(options) is { } parent ? property.GetValue(parent) : null;
        return new OptionNode($"{path}:{property.Name}", property.PropertyType, read is null || childDefault is null ? null : ReadChild, childDefault);
    }

    private sealed record Shape(IReadOnlyDictionary<string, OptionNode> Children, OptionNode? Entry, OptionKey? Value, bool IsMap = false);
}
