namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>What a configuration file comes to: option keys with their texts, and everything that is wrong with it.</summary>
internal sealed class ConfSettings
{
    private readonly Dictionary<string, ConfSetting> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];

    /// <summary>The settings by full option key, for example <c>Nats:Limits:MaxPayload</c>.</summary>
    public IReadOnlyDictionary<string, ConfSetting> Values => _values;

    /// <summary>Why the file cannot be used; each starts with its place.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>What is allowed but should be changed; <c>-t</c> fails on them.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>True after <c>strict: true</c>: this server's own defaults, where they are safer than nats-server's.</summary>
    public bool IsStrict { get; set; }

    /// <summary>True where the file holds a password, a token or a key in clear.</summary>
    public bool HasSecrets { get; set; }

    public void Set(string option, string text, ConfEntry origin) => _values[option] = new ConfSetting(text, origin.Position, origin.Key);

    public void Remove(string option) => _values.Remove(option);

    public void Error(ConfPosition position, string text) => _errors.Add($"{position}: {text}");

    public void Warn(ConfPosition position, string text) => _warnings.Add($"{position}: {text}");

    /// <summary>A remark on the file as a whole.</summary>
    public void Warn(string text) => _warnings.Add(text);
}

/// <summary>The text of one option, and where the file sets it.</summary>
/// <param name="Text">As appsettings.json would have it.</param>
/// <param name="Position">Of its key.</param>
/// <param name="ConfKey">The key as the file has it.</param>
internal readonly record struct ConfSetting(string Text, ConfPosition Position, string ConfKey)
{
    /// <summary>Its place in words: <c>nats.conf:3 max_payload</c>.</summary>
    public override string ToString() => $"{Position.File}:{Position.Line} {ConfKey}";
}
