using Microsoft.Extensions.Configuration;

namespace NatsKestrel.Server;

/// <summary>Settings that are neither in a file nor in the environment, with words for where they come from.</summary>
internal sealed class FlagSource(IEnumerable<KeyValuePair<string, string?>> settings, string origin) : ConfigurationProvider, IConfigurationSource
{
    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <inheritdoc/>
    public override void Load() => Data = settings.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the settings come from: a message about a wrong one names it.</summary>
    public override string ToString() => origin;
}
