using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Primitives;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>The settings of a nats.conf, by option key.</summary>
/// <remarks>Not a <see cref="FileConfigurationProvider"/>: that forgets everything where a changed file cannot be read.</remarks>
public sealed class NatsConfProvider : ConfigurationProvider, IDisposable
{
    private readonly NatsConfSource _source;
    private readonly string _folder;
    private readonly Dictionary<string, PhysicalFileProvider> _watchedFolders = [];
    private IDisposable? _watch;

    internal NatsConfProvider(NatsConfSource source, string folder)
    {
        _source = source;
        _folder = folder;
    }

    /// <summary>What was read last; null before, and where an optional file is missing.</summary>
    public NatsConfFile? File { get; private set; }

    /// <summary>Reads the file; may be called again, which <see cref="IConfigurationRoot.Reload"/> does.</summary>
    /// <exception cref="NatsConfException">It cannot be used. What was read before stays.</exception>
    public override void Load()
    {
        if (_source.Optional && !System.IO.File.Exists(FullPath(_source.Path)))
        {
            File = null;
            Data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        }
        else
        {
            var file = NatsConfFile.Check(_source.Path, ConfReading.OfThisProcess(_folder));
            if (!file.IsUsable)
            {
                throw new NatsConfException(file.Errors);
            }

            File = file;
            Data = file.Settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value.Text, StringComparer.OrdinalIgnoreCase);
        }

        if (_source.ReloadOnChange)
        {
            _watch ??= ChangeToken.OnChange(WatchFiles, ReloadChanged);
        }

        OnReload();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        foreach (var folder in _watchedFolders.Values)
        {
            folder.Dispose();
        }
    }

    /// <summary>Where the file sets an option: <c>nats.conf:3 max_payload</c>.</summary>
    internal bool TryFind(string option, [NotNullWhen(true)] out string? place)
    {
        place = File?.Settings.TryGetValue(option, out var setting) == true ? setting.ToString() : null;
        return place is not null;
    }

    /// <summary>The name of the file, as it was given.</summary>
    public override string ToString() => _source.Path;

    private void ReloadChanged()
    {
        try
        {
            Load();
        }
        catch (NatsConfException problem)
        {
            _source.OnReloadFailed?.Invoke(problem);
        }
    }

    private CompositeChangeToken WatchFiles() => new([.. (File?.Files ?? [_source.Path]).Select(FullPath).Distinct().Select(Watch)]);

    private IChangeToken Watch(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!_watchedFolders.TryGetValue(folder, out var files))
        {
            if (!Directory.Exists(folder))
            {
                return NullChangeToken.Singleton;
            }

            _watchedFolders.Add(folder, files = new PhysicalFileProvider(folder, ExclusionFilters.None));
        }

        return files.Watch(Path.GetFileName(path));
    }

    private string FullPath(string path) => Path.GetFullPath(path, _folder);
}
