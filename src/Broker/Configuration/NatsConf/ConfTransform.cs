using System.Globalization;
using System.Text.RegularExpressions;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Whether a mapping's destination makes sense for its source; the mapping itself is done elsewhere.</summary>
internal static partial class ConfTransform
{
    private static readonly string[] Functions =
        ["WILDCARD", "PARTITION", "SPLITFROMLEFT", "SPLITFROMRIGHT", "SLICEFROMLEFT", "SLICEFROMRIGHT", "SPLIT", "LEFT", "RIGHT", "RANDOM"];

    /// <summary>What is wrong with the destination, in nats-server's words; null where nothing is.</summary>
    public static string? Problem(string source, string destination)
    {
        if (!ConfSubject.IsValid(Function().Replace(destination, "x")))
        {
            return "invalid transform";
        }

        int wildcards = source.Split('.').Count(token => token == "*");
        foreach (string token in destination.Split('.'))
        {
            if (Reference().Match(token) is { Success: true } reference && int.Parse(reference.Groups[1].Value, CultureInfo.InvariantCulture) > wildcards)
            {
                return $"wildcard index out of range in {token}: [{reference.Groups[1].Value}]";
            }
        }

        foreach (Match call in Function().Matches(destination))
        {
            var name = Name().Match(call.Value);
            if (!name.Success || !Functions.Contains(name.Groups[1].Value.ToUpperInvariant()))
            {
                return $"unknown function in {call.Value}";
            }
        }

        return null;
    }

    [GeneratedRegex(@"\{\{.*?\}\}")]
    private static partial Regex Function();

    [GeneratedRegex(@"^\$(\d{1,9})$")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^\{\{\s*(\w+)\s*\(")]
    private static partial Regex Name();
}
