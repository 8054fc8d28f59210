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

    // What the names of secrets end with; those of cookies end with Cookie, and are none. Users and their like are lists, which are not shown.
    private static readonly string[] Secrets = ["Token", "Password", "Secret", "Seed", "Jwt"];

    public bool IsDefault => Source == "default";

    /// <summary>All options, in the order of their keys.</summary>
    public static IReadOnlyList<EffectiveOption> All(IConfiguration configuration, NatsBrokerOptions options)
    {
        var defaults = new NatsBrokerOptions();
        return [.. OptionKeys.All.Values.OrderBy(option => option.Path, StringComparer.Ordinal).Select(option => Of(configuration, option, options, defaults))];
    }

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

    private static bool IsSecret(string key) => Secrets.Any(secret => key.EndsWith(secret, StringComparison.OrdinalIgnoreCase));

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable list => string.Join(", ", list.Cast<object?>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
