using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Every key below <c>Nats</c> that means something, found from the options classes themselves.</summary>
internal static class OptionKeys
{
    private static readonly Dictionary<string, OptionKey> Options = new(StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> Groups = new(StringComparer.OrdinalIgnoreCase);

    static OptionKeys() => Collect(OptionTypes.Default.NatsBrokerOptions, NatsBrokerOptions.SectionName, options => options);

    /// <summary>The options by full key; upper and lower case are the same, as everywhere in configuration.</summary>
    public static IReadOnlyDictionary<string, OptionKey> All => Options;

    /// <summary>The sections that hold them: <c>Nats</c>, <c>Nats:Limits</c>, …</summary>
    public static IReadOnlySet<string> Sections => Groups;

    private static void Collect(JsonTypeInfo type, string path, Func<NatsBrokerOptions, object?> read)
    {
        Groups.Add(path);
        foreach (var property in type.Properties)
        {
            string childPath = $"{path}:{property.Name}";
            object? ReadChild(NatsBrokerOptions options) => read(options) is { } parent ? property.Get!(parent) : null;

            var childType = OptionTypes.Default.GetTypeInfo(property.PropertyType)!;
            if (childType.Kind == JsonTypeInfoKind.Object)
            {
                Collect(childType, childPath, ReadChild);
            }
            else if (childType.Kind == JsonTypeInfoKind.Enumerable)
            {
                Groups.Add(childPath);
            }
            else
            {
                Options.Add(childPath, new OptionKey(childPath, property.PropertyType, ReadChild));
            }
        }
    }
}

// Names, types and getters of the options without reflection, so that it works compiled ahead of time; no JSON is read with it.
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(NatsBrokerOptions))]
internal sealed partial class OptionTypes : JsonSerializerContext;
