namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>A block of the file: the keys that may stand in it.</summary>
/// <param name="Keys">All of them.</param>
/// <param name="UnknownText">What an unknown key is answered with, after its place; the key goes where <c>{0}</c> stands.</param>
internal sealed record ConfBlock(IReadOnlyList<ConfKey> Keys, string UnknownText = ConfBlock.UnknownField)
{
    /// <summary>What nats-server says of an unknown key nearly everywhere.</summary>
    public const string UnknownField = "unknown field \"{0}\"";

    private readonly Dictionary<string, ConfKey> _byName =
        Keys.SelectMany(key => key.AllNames, (key, name) => (key, name)).ToDictionary(pair => pair.name, pair => pair.key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The key of that name in any case; null where the block has none.</summary>
    public ConfKey? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads every pair in the order of the file.</summary>
    public void Read(ConfScope scope, ConfEntries entries)
    {
        foreach (var entry in entries)
        {
            if (Find(entry.Key) is { } key)
            {
                key.Read(scope, entry);
            }
            else if (!entry.IsVariable)
            {
                scope.Error(entry.Position, UnknownText.Replace("{0}", entry.Key, StringComparison.Ordinal));
            }
        }
    }
}
