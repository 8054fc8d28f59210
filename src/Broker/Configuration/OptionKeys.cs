using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Every key below <c>Nats</c> that means something, found from the options classes themselves.</summary>
internal static class OptionKeys
{
    private static readonly Dictionary<string, OptionKey> Options = new(StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> Groups = new(StringComparer.OrdinalIgnoreCase);
    private static readonly List<string> Places = [];

    // With options that are not its own the context describes types without making them ready to serialise, which took a tenth of the start.
    private static readonly JsonSerializerOptions DescribeOnly = new();

    static OptionKeys() =>
        Root = Collect(Describe(typeof(NatsBrokerOptions)), NatsBrokerOptions.SectionName, options => options, new NatsBrokerOptions());

    /// <summary>The tree of all options.</summary>
    public static OptionNode Root { get; }

    /// <summary>The options that always have a value, by full key; upper and lower case are the same, as everywhere in configuration.</summary>
    public static IReadOnlyDictionary<string, OptionKey> All => Options;

    /// <summary>The sections that hold them: <c>Nats</c>, <c>Nats:Limits</c>, …</summary>
    public static IReadOnlySet<string> Sections => Groups;

    /// <summary>Every section, list and value there can be, also inside lists and optional sections.</summary>
    public static IReadOnlyList<string> Paths => Places;

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

    private static JsonTypeInfo Describe(Type type) => ((IJsonTypeInfoResolver)OptionTypes.Default).GetTypeInfo(type, DescribeOnly)!;

    // An object that is null by default is a section that may be left out; so is every entry of a list.
    private static OptionNode Collect(JsonTypeInfo type, string path, Func<NatsBrokerOptions, object?>? read, object? atDefault)
    {
        Places.Add(path);
        var node = new OptionNode(path);
        if (read is not null)
        {
            Groups.Add(path);
        }

        foreach (var property in type.Properties)
        {
            string childPath = $"{path}:{property.Name}";
            object? childDefault = atDefault is null ? null : property.Get!(atDefault);
            object? ReadChild(NatsBrokerOptions options) => read!(options) is { } parent ? property.Get!(parent) : null;
            bool isFixed = read is not null && childDefault is not null;
            node.Children.Add(property.Name, Child(property.PropertyType, childPath, isFixed ? ReadChild : null, childDefault));
        }

        return node;
    }

    private static OptionNode Child(Type type, string path, Func<NatsBrokerOptions, object?>? read, object? atDefault)
    {
        var info = Describe(type);
        if (info.Kind == JsonTypeInfoKind.Object)
        {
            return Collect(info, path, read, atDefault);
        }

        Places.Add(path);
        if (info.Kind == JsonTypeInfoKind.Enumerable)
        {
            return new OptionNode(path) { Entry = Child(info.ElementType!, path + ":#", read: null, atDefault: null) };
        }

        var key = new OptionKey(path, type, read ?? (static _ => null));
        if (read is not null)
        {
            Options.Add(path, key);
        }

        return new OptionNode(path) { Value = key };
    }
}

// Names, types and getters of the options without reflection, so that it works compiled ahead of time; no JSON is read with it.
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(NatsBrokerOptions))]
internal sealed partial class OptionTypes : JsonSerializerContext;
