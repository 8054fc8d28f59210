using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Words what is wrong with one setting in one line: its key, its value, who set it, and the rule it breaks.</summary>
internal static class OptionProblem
{
    /// <summary>A value that no options object could take.</summary>
    public static string Unreadable(IConfiguration configuration, OptionKey option, string text) =>
        $"{option.Path} = {Shown(option, text)} ({OptionSource.Find(configuration, option.Path)}) must be {option.Form}.";

    /// <summary>A value that breaks a rule.</summary>
    /// <param name="configuration">Where it may have come from.</param>
    /// <param name="options">The options that hold it.</param>
    /// <param name="key">Its full key.</param>
    /// <param name="rule">The rule, to follow the key in a sentence: <c>must be …</c>, without the full stop.</param>
    public static string Broken(IConfiguration configuration, NatsBrokerOptions options, string key, string rule)
    {
        if (OptionKeys.All.TryGetValue(key, out var option))
        {
            return $"{Describe(configuration, options, option)} {rule}.";
        }

        // In a list or an optional section: known by its text alone, where it has one.
        return OptionKeys.Find(key)?.Value is { } entry && configuration[key] is { } text
            ? $"{key} = {Shown(entry, text)} ({OptionSource.Find(configuration, key)}) {rule}."
            : $"{key} {rule}.";
    }

    /// <summary>Key, value and source, for example <c>Nats:Port = 4223 (appsettings.json)</c>.</summary>
    public static string Describe(IConfiguration configuration, NatsBrokerOptions options, OptionKey option)
    {
        object? value = option.Read(options);
        return $"{option.Path} = {Shown(option, Convert.ToString(value, CultureInfo.InvariantCulture))} ({Source(configuration, option, value)})";
    }

    private static string? Shown(OptionKey option, string? text) => option.IsSecret && text?.Length > 0 ? "[REDACTED]" : text;

    private static string Source(IConfiguration configuration, OptionKey option, object? value)
    {
        if (configuration[option.Path] is { } text && Equals(option.Parse(text), value))
        {
            return OptionSource.Find(configuration, option.Path) ?? "configuration";
        }

        return Equals(option.Read(new NatsBrokerOptions()), value) ? "default" : "code";
    }
}
