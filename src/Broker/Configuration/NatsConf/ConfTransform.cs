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
        string plain = Function().Replace(destination, "x");
        if (!ConfSubject.IsValid(plain))
        {
            return "invalid mapping destination: invalid transform";
        }

        string[] tokens = plain.Split('.');
        if (tokens.Contains("*") || tokens.Contains(">") != source.EndsWith('>'))
        {
            return "invalid subject";
        }

        int wildcards = source.Split('.').Count(token => token == "*");
        string? problem = tokens.Select(token => IndexProblem(token, Reference().Match(token), wildcards))
            .Concat(Function().Matches(destination).Select(call => CallProblem(call.Value, wildcards)))
            .FirstOrDefault(problem => problem is not null);
        return problem is null ? null : $"invalid mapping destination: {problem}";
    }

    /// <summary>True where each wildcard of the source stands in the destination too, as itself or by its number.</summary>
    public static bool UsesEveryWildcard(string source, string destination)
    {
        int wildcards = source.Split('.').Count(token => token == "*");
        int used = destination.Split('.').Count(token => token == "*" || Reference().IsMatch(token)) + Function().Count(destination);
        return used >= wildcards;
    }

    private static string? CallProblem(string call, int wildcards)
    {
        var name = Name().Match(call);
        if (!name.Success || !Functions.Contains(name.Groups[1].Value.ToUpperInvariant()))
        {
            return $"unknown function in {call}";
        }

        return name.Groups[1].Value.Equals("wildcard", StringComparison.OrdinalIgnoreCase) ? WildcardProblem(call, wildcards) : null;
    }

    private static string? WildcardProblem(string call, int wildcards)
    {
        var index = Index().Match(call);
        return index.Success ? IndexProblem(call, index, wildcards) : $"not enough arguments passed to the function in {call}";
    }

    private static string? IndexProblem(string token, Match index, int wildcards) =>
        index.Success && int.Parse(index.Groups[1].Value, CultureInfo.InvariantCulture) > wildcards ? $"wildcard index out of range in {token}: [{index.Groups[1].Value}]" : null;

    [GeneratedRegex(@"\{\{.*?\}\}")]
    private static partial Regex Function();

    [GeneratedRegex(@"^\$(\d{1,9})$")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\(\s*(\d{1,9})\s*\)")]
    private static partial Regex Index();

    [GeneratedRegex(@"^\{\{\s*(\w+)\s*\(")]
    private static partial Regex Name();
}
