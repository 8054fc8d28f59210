using System.Text.RegularExpressions;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Architecture.Tests;

/// <summary>The table of safety rules says which tests carry them, and the tests agree.</summary>
public sealed partial class SafetyTableTests
{
    [Fact]
    public void Every_rule_of_the_table_is_carried_by_the_tests_it_names_and_by_no_others()
    {
        string[] table = [.. Rows().Select(row => $"{row.Groups["id"].Value}: {row.Groups["classes"].Value}").Order(StringComparer.Ordinal)];

        Assert.Equal(Carried(), table);
    }

    [Fact]
    public void Every_rule_of_the_table_is_said_once_and_in_words()
    {
        var rows = Rows().ToList();

        Assert.Distinct(rows.Select(row => row.Groups["id"].Value));
        Assert.All(rows, row => Assert.NotEqual("", row.Groups["rule"].Value.Trim()));
    }

    private static IEnumerable<Match> Rows() =>
        File.ReadLines(Path.Combine(Repository.Root, "docs", "safety.md")).Select(line => Row().Match(line)).Where(match => match.Success);

    // As the table says it: the id, then the names of the files whose tests have it, in order.
    private static IEnumerable<string> Carried() =>
        from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
        where !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules")
        from Match trait in Trait().Matches(File.ReadAllText(path))
        group Path.GetFileNameWithoutExtension(path) by trait.Groups["id"].Value into rule
        let line = $"{rule.Key}: {string.Join(", ", rule.Distinct().Order(StringComparer.Ordinal))}"
        orderby line
        select line;

    [GeneratedRegex(@"^\| (?<id>[A-Z]+-\d+) \| (?<rule>[^|]*) \| (?<classes>[^|]*) \|$", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex(@"\[Trait\(""Safety"", ""(?<id>[A-Z]+-\d+)""\)\]", RegexOptions.ExplicitCapture)]
    private static partial Regex Trait();
}
