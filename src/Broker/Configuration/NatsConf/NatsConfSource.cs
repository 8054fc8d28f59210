using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>A nats.conf as a source of configuration.</summary>
public sealed class NatsConfSource : IConfigurationSource
{
    /// <summary>The file; relative to the builder's base path, as for <c>AddJsonFile</c>. Messages name it as it is written here.</summary>
    public required string Path { get; init; }

    /// <summary>True where the file may be missing.</summary>
    public bool Optional { get; init; }

    /// <summary>True to read the file again whenever it, or one that it includes, is changed. A file that is then wrong is passed over:
    /// what was read before stays.</summary>
    public bool ReloadOnChange { get; init; }

    /// <summary>Told why a changed file was passed over.</summary>
    public Action<NatsConfException>? OnReloadFailed { get; init; }

    /// <inheritdoc />
    public IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        string folder = builder.GetFileProvider() is PhysicalFileProvider files ? files.Root : AppContext.BaseDirectory;
        return new NatsConfProvider(this, folder);
    }
}
