namespace NatsKestrel.Broker.Configuration;

/// <summary>What a reload is about.</summary>
/// <param name="Current">The options in force; nobody changes them any more.</param>
/// <param name="Next">The options that are to replace them, validated; nobody changes them either.</param>
/// <param name="Changed">Full keys of the options that differ.</param>
internal sealed record ReloadChange(NatsBrokerOptions Current, NatsBrokerOptions Next, IReadOnlySet<string> Changed)
{
    /// <summary>True where an option, or any below a section, differs.</summary>
    public bool Touches(string key) => Changed.Any(changed => IsAtOrBelow(changed, key));

    /// <summary>True for the key of a section itself and all below it.</summary>
    public static bool IsAtOrBelow(string key, string section) =>
        key.StartsWith(section, StringComparison.OrdinalIgnoreCase) && (key.Length == section.Length || key[section.Length] == ':');
}
