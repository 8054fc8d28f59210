namespace NatsKestrel.Broker.Configuration;

/// <summary>What a reload is about.</summary>
/// <param name="Current">The options in force; nobody changes them any more.</param>
/// <param name="Next">The options that are to replace them, validated; nobody changes them either.</param>
/// <param name="Changed">Full keys of the options that differ.</param>
internal sealed record ReloadChange(NatsBrokerOptions Current, NatsBrokerOptions Next, IReadOnlySet<string> Changed)
{
    /// <summary>True where an option, or any below a section, differs.</summary>
    public bool Touches(string key) =>
        Changed.Contains(key) || Changed.Any(changed => changed.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));
}
