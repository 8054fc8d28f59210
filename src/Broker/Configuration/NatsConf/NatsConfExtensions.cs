using Microsoft.Extensions.Configuration;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Adds a nats.conf to an application's configuration.</summary>
public static class NatsConfExtensions
{
    /// <summary>Adds the settings of a file in nats-server's own format. Sources added later have the last word, as always.</summary>
    /// <param name="builder">For example <c>builder.Configuration</c>.</param>
    /// <param name="path">The file; relative to the base path of the builder.</param>
    /// <param name="optional">True where it may be missing.</param>
    /// <param name="reloadOnChange">True to read it again when it, or a file it includes, is changed.</param>
    /// <exception cref="NatsConfException">Thrown when the configuration is built: the file cannot be used.</exception>
    public static IConfigurationBuilder AddNatsConf(this IConfigurationBuilder builder, string path, bool optional = false, bool reloadOnChange = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return builder.Add(new NatsConfSource { Path = path, Optional = optional, ReloadOnChange = reloadOnChange });
    }

    /// <summary>The nats.conf that this configuration was read from, with its digest and warnings; null where there is none.</summary>
    public static NatsConfFile? FindNatsConf(this IConfiguration configuration) =>
        configuration is IConfigurationRoot root ? root.Providers.OfType<NatsConfProvider>().LastOrDefault(provider => provider.File is not null)?.File : null;
}
