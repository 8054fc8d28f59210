using System.Globalization;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>The section of the options that a block of the file is written to.</summary>
/// <param name="settings">All that the file comes to.</param>
/// <param name="prefix">The section, for example <c>Nats:Tls</c>; null where values are only checked.</param>
internal sealed class ConfScope(ConfSettings settings, string? prefix)
{
    public ConfSettings Settings => settings;

    /// <summary>The section of this name inside this one.</summary>
    public ConfScope Below(string name) => new(settings, prefix is null ? null : $"{prefix}:{name}");

    /// <summary>The same errors and warnings, but no settings: for parts of the server that are off.</summary>
    public ConfScope WithoutSettings() => new(settings, null);

    public ConfScope Item(string list, int index) => Below(string.Create(CultureInfo.InvariantCulture, $"{list}:{index}"));

    public void Set(string option, string text, ConfEntry origin)
    {
        if (prefix is not null)
        {
            settings.Set($"{prefix}:{option}", text, origin);
        }
    }

    public void Remove(string option)
    {
        if (prefix is not null)
        {
            settings.Remove($"{prefix}:{option}");
        }
    }

    public void Set(string option, long number, ConfEntry origin) => Set(option, number.ToString(CultureInfo.InvariantCulture), origin);

    public void Set(string option, bool isOn, ConfEntry origin) => Set(option, isOn ? "true" : "false", origin);

    public void Set(string option, TimeSpan time, ConfEntry origin) => Set(option, time.ToString("c", CultureInfo.InvariantCulture), origin);

    /// <summary>A setting of the application itself, outside section <c>Nats</c>.</summary>
    public void SetOutside(string option, string text, ConfEntry origin)
    {
        if (prefix is not null)
        {
            settings.Set(option, text, origin);
        }
    }

    public void Error(ConfPosition position, string text) => settings.Error(position, text);

    public void Warn(ConfPosition position, string text) => settings.Warn(position, text);
}
