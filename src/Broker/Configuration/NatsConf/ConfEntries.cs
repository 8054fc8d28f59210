using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>The pairs of one map, in the order of the file. A key given again replaces the earlier one, as in the reference server.</summary>
internal sealed class ConfEntries : IReadOnlyCollection<ConfEntry>
{
    private readonly OrderedDictionary<string, ConfEntry> _entries = new(StringComparer.Ordinal);

    public int Count => _entries.Count;

    /// <summary>The pair of exactly this key; settings are found by <see cref="Find"/> instead, which ignores case.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out ConfEntry? entry) => _entries.TryGetValue(key, out entry);

    /// <summary>The last pair whose key is one of these names in any case.</summary>
    public ConfEntry? Find(params ReadOnlySpan<string> names)
    {
        ConfEntry? found = null;
        foreach (var entry in _entries.Values)
        {
            foreach (string name in names)
            {
                if (entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    found = entry;
                }
            }
        }

        return found;
    }

    public void Set(ConfEntry entry) => _entries[entry.Key] = entry;

    public IEnumerator<ConfEntry> GetEnumerator() => _entries.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>One key with its value.</summary>
/// <param name="key">As written.</param>
/// <param name="position">Of the key: most messages point there.</param>
/// <param name="value">Its value.</param>
internal sealed class ConfEntry(string key, ConfPosition position, ConfValue value)
{
    public string Key => key;

    public ConfPosition Position => position;

    public ConfValue Value => value;

    /// <summary>True once <c>$key</c> referred to it: such a key need not be a setting.</summary>
    public bool IsVariable { get; set; }
}
