using System.Globalization;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker;

/// <summary>What a reload would do.</summary>
/// <param name="Changes">One line for each option that differs; secrets are not shown.</param>
/// <param name="Problem">Why it would be refused as a whole; null where it would not.</param>
internal sealed record ReloadPreview(IReadOnlyList<string> Changes, string? Problem)
{
    /// <summary>Words what becomes of one option.</summary>
    public static string Describe(string key, ReloadChange change) =>
        !OptionKeys.All.TryGetValue(key, out var option) || option.IsSecret
            ? $"{key} changes"
            : $"{key}: {Text(option.Read(change.Current))} becomes {Text(option.Read(change.Next))}";

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "nothing";
}
