using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Admin.Feed;

/// <summary>An option as it is in force, and who set it.</summary>
/// <param name="Key">Its full key.</param>
/// <param name="Value">Its value as text; dots where it is a secret.</param>
/// <param name="Default">Its default as text.</param>
/// <param name="Source">Where the value comes from: a file, a variable, the command line, <c>code</c>, <c>default</c>.</param>
internal sealed record EffectiveOption(string Key, string Value, string Default, string Source)
{
    private const string Hidden = "••••••";

    // What the names of secrets end with; those of cookies end with Cookie, and are none.
    private static readonly string[] Secrets = ["Token", "Password", "Secret", "Seed", "Jwt"];

    public bool IsDefault => Source == "default";

    /// <summary>All options, in the order of their keys. What lists hold (users, accounts, certificates) as it is configured, not what code has added.</summary>
    public static IReadOnlyList<EffectiveOption> All(IConfiguration configuration, NatsBrokerOptions options)
    {
        var defaults = new NatsBrokerOptions();
        IEnumerable<EffectiveOption> always = OptionKeys.All.Values.Select(option => Of(configuration, option, options, defaults));
        return [.. always.Concat(Listed(configuration)).OrderBy(option => option.Key, StringComparer.Ordinal)];
    }

    private static IEnumerable<EffectiveOption> Listed(IConfiguration configuration) =>
        from pair in configuration.GetSection(NatsBrokerOptions.SectionName).AsEnumerable()
        where pair.Value is { Length: > 0 } && !OptionKeys.All.ContainsKey(pair.Key) && OptionKeys.Find(pair.Key) is not null
        select new EffectiveOption(pair.Key, IsSecret(pair.Key) ? Hidden : pair.Value!, "", OptionSource.Find(configuration, pair.Key) ?? "configuration");

    private static EffectiveOption Of(IConfiguration configuration, OptionKey option, NatsBrokerOptions options, NatsBrokerOptions defaults)
    {
        object? value = option.Read(options);
        object? byDefault = option.Read(defaults);
        string text = Text(value), defaultText = Text(byDefault);
        string? set = configuration[option.Path];
        bool isAsSet = set is not null && Equals(option.Parse(set), value);
        string source = isAsSet && (text != defaultText || !IsShippedDefault(configuration, option.Path))
            ? OptionSource.Find(configuration, option.Path) ?? "configuration"
            : text == defaultText ? "default" : "code";
        return new EffectiveOption(option.Path, (option.IsSecret || IsSecret(option.Path)) && text.Length > 0 ? Hidden : text, defaultText, source);
    }

    // The shipped file names every option at its default: that says nothing about who wanted it so.
    private static bool IsShippedDefault(IConfiguration configuration, string key) => OptionSource.Find(configuration, key) == "appsettings.json";

    // In a list of secrets the entries have numbers for names.
    private static bool IsSecret(string key)
    {
        string name = key.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':');
        return Secrets.Any(secret => name.EndsWith(secret, StringComparison.OrdinalIgnoreCase));
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable list => string.Join(", ", list.Cast<object?>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
