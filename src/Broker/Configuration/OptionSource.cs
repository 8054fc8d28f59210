using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;
using NatsKestrel.Broker.Configuration.NatsConf;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Says where the value of a key comes from, in words that lead its owner to the place.</summary>
internal static class OptionSource
{
    /// <summary>The provider that wins for the key, such as <c>appsettings.json</c>; null where none sets it.</summary>
    public static string? Find(IConfiguration configuration, string key)
    {
        if (configuration is not IConfigurationRoot root)
        {
            return configuration[key] is null ? null : "configuration";
        }

        // The last provider that knows the key wins.
        foreach (var provider in root.Providers.Reverse())
        {
            if (provider.TryGet(key, out _))
            {
                return Describe(provider, key);
            }
        }

        return null;
    }

    private static string? Describe(IConfigurationProvider provider, string key) => provider switch
    {
        ChainedConfigurationProvider chained => Find(chained.Configuration, key),
        CommandLineConfigurationProvider => $"command line --{key}",
        EnvironmentVariablesConfigurationProvider => $"environment variable {VariableName(key)}",
        NatsConfProvider file => file.TryFind(key, out string? place) ? place : file.ToString(),
        FileConfigurationProvider { Source.Path: "secrets.json" } => "user secrets",
        FileConfigurationProvider file => file.Source.Path,
        MemoryConfigurationProvider => "code",
        _ => provider.ToString(),
    };

    // As it is written in the environment: NATS__PORT counts as well, and so does a prefix such as DOTNET_.
    private static string VariableName(string key)
    {
        string name = key.Replace(":", "__", StringComparison.Ordinal);
        return Environment.GetEnvironmentVariables().Keys.Cast<string>().OrderBy(variable => variable.Length)
            .FirstOrDefault(variable => variable.Equals(name, StringComparison.OrdinalIgnoreCase)
                || variable.EndsWith("_" + name, StringComparison.OrdinalIgnoreCase)) ?? name;
    }
}
