namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>One reading of a nats.conf, with all that it includes: what it sets, what is wrong with it, and its digest.</summary>
public sealed class NatsConfFile
{
    private readonly ConfSettings _settings;

    private NatsConfFile(string path, ConfSettings settings, ConfReading reading, string? digest, params IEnumerable<string> syntaxErrors)
    {
        _settings = settings;
        Path = path;
        Digest = digest;
        Files = reading.Files;
        Errors = [.. syntaxErrors, .. settings.Errors];
        Advice = settings.HasSecrets ? [.. reading.FilesOpenToOthers.Select(file => $"{file} holds passwords or keys, and not only its owner may read it")] : [];
    }

    /// <summary>The file as it was named.</summary>
    public string Path { get; }

    /// <summary>Every file read: this one, and those it includes, named relative to the same folder.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary><c>sha256:</c> and 64 hexadecimal digits, equal to what nats-server prints of the same file; null where the file is no configuration at all.</summary>
    public string? Digest { get; }

    /// <summary>Why the server would not start with it: <c>FILE:LINE:COLUMN: text</c>, as nats-server words it. Never with a password in it.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>What the server starts with all the same, though <c>-t</c> fails: <c>FILE:LINE:COLUMN: text</c>.</summary>
    public IReadOnlyList<string> Warnings => _settings.Warnings;

    /// <summary>What is neither wrong nor nats-server's business, but should be changed; the server logs it at start.</summary>
    public IReadOnlyList<string> Advice { get; }

    /// <summary>True where the server would start, as far as the file alone can tell.</summary>
    public bool IsUsable => Errors.Count == 0;

    /// <summary>True where <c>nats-server -t</c> would say that the file is valid: neither errors nor warnings.</summary>
    public bool IsValid => Errors.Count == 0 && Warnings.Count == 0;

    /// <summary>True after <c>strict: true</c>: <see cref="DropInDefaults"/> are then not to be used.</summary>
    public bool IsStrict => _settings.IsStrict;

    /// <summary>True where a password, a token or a key stands in the file, or in one that it includes.</summary>
    public bool HasSecrets => _settings.HasSecrets;

    internal IReadOnlyDictionary<string, ConfSetting> Settings => _settings.Values;

    /// <summary>Reads and checks a file, for <c>-t</c> and for anybody who wants to know before using it. What is wrong is in the
    /// result; nothing is thrown.</summary>
    /// <param name="path">The file, relative to the current folder.</param>
    public static NatsConfFile Check(string path) => Check(path, ConfReading.OfThisProcess(Environment.CurrentDirectory));

    /// <summary>The same with an environment and files of one's own.</summary>
    internal static NatsConfFile Check(string path, ConfReading reading)
    {
        var settings = new ConfSettings();
        try
        {
            var entries = reading.Read(path);
            if (entries.Count == 0)
            {
                settings.Warn($"{path}: config has no values or is empty");
            }

            ConfKeys.Top.Read(new ConfScope(settings, NatsBrokerOptions.SectionName), entries);
            ConfChecks.Run(settings, entries);
            return new NatsConfFile(path, settings, reading, ConfDigest.Compute(entries));
        }
        catch (ConfSyntaxException problem)
        {
            return new NatsConfFile(path, settings, reading, digest: null, problem.Message);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new NatsConfFile(path, settings, reading, digest: null, $"open {path}: {ConfReading.Reason(problem)}");
        }
    }
}
