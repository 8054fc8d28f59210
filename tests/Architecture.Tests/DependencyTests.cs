using System.Text.RegularExpressions;
using Xunit;

namespace NatsKestrel.Architecture.Tests;

/// <summary>Dependencies point one way: between projects, and between the folders of the broker.</summary>
public sealed partial class DependencyTests
{
    // What each folder of src/Broker may use, directly. Files beside the project file wire everything, and may use all.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Configuration"] = [],
        ["Logging"] = ["Configuration"],
        ["Protocol"] = [],
        ["Subjects"] = [],
        ["Transport"] = ["Configuration"],
        ["Accounts"] = ["Subjects", "Protocol", "Configuration"],
        ["Delivery"] = ["Accounts", "Subjects", "Protocol", "Configuration"],
        ["Connections"] = ["Transport", "Delivery", "Accounts", "Subjects", "Protocol", "Configuration"],
        ["InProcess"] = ["Connections", "Delivery", "Accounts", "Subjects", "Protocol", "Configuration"],
        ["SystemAccount"] = ["Monitoring", "InProcess", "Connections", "Accounts", "Subjects", "Protocol", "Configuration"],
        ["Monitoring"] = ["Connections", "Transport", "Delivery", "Accounts", "Subjects", "Protocol", "Configuration"],
    };

    private static readonly Dictionary<string, string[]> AllowedProjects = new()
    {
        ["Broker"] = [],
        ["Admin"] = ["Broker"],
        ["WebGateway"] = ["Broker"],
        ["Server"] = ["Broker", "WebGateway"],
        [""] = ["Broker", "Admin", "WebGateway"],
    };

    [Fact]
    public void Every_folder_of_the_broker_has_its_place_in_the_order()
    {
        var folders = SourceFile.All.Where(file => file.Project == "Broker").Select(file => file.Folder).Where(folder => folder.Length > 0).Distinct();

        Assert.Empty(folders.Except(Allowed.Keys));
    }

    [Fact]
    public void No_folder_of_the_broker_uses_one_it_must_not()
    {
        var wrong =
            from file in SourceFile.All
            where file.Project == "Broker" && file.Folder.Length > 0
            from line in file.Code
            from used in UsedFolders(line.Text)
            where used != file.Folder && !Allowed[file.Folder].Contains(used)
            select $"{file.Path}:{line.Number} uses {used}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void No_project_uses_one_it_must_not()
    {
        var wrong =
            from file in SourceFile.All
            from line in file.Code
            from used in ProjectName().Matches(line.Text).Select(match => match.Groups[1].Value)
            where used != file.Project && !AllowedProjects[file.Project].Contains(used)
            select $"{file.Path}:{line.Number} uses {used}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void A_folder_is_a_namespace()
    {
        var wrong =
            from file in SourceFile.All
            where file.Project.Length > 0
            from line in file.Code
            where line.Text.StartsWith("namespace ", StringComparison.Ordinal)
            let folders = string.Join('.', file.Path.Split('/')[1..^1])
            where line.Text != $"namespace NatsKestrel.{folders};"
            select $"{file.Path}:{line.Number} is not in NatsKestrel.{folders}";

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("using NatsKestrel.Broker.Subjects;", "Subjects")]
    [InlineData("    Configuration.LimitOptions limits,", "Configuration")]
    [InlineData("    var limits = new Subjects.SublistLimits(255);", "Subjects")]
    [InlineData("using Microsoft.Extensions.Configuration;", null)]
    [InlineData("using Microsoft.AspNetCore.Connections.Features;", null)]
    [InlineData("    int n = snapshot.Connections.Count + Subscriptions.Count;", null)]
    public void A_line_is_seen_to_use_a_folder_when_it_does(string line, string? folder)
    {
        Assert.Equal(folder is null ? [] : [folder], UsedFolders(line));
    }

    // With the whole namespace, or from the sibling's name on, as C# allows: new Subjects.SublistLimits.
    private static IEnumerable<string> UsedFolders(string line) =>
        FolderName().Matches(line).Select(match => match.Groups["name"].Value)
            .Concat(SiblingName().Matches(line).Select(match => match.Groups["name"].Value).Where(Allowed.ContainsKey));

    [GeneratedRegex(@"\bNatsKestrel\.Broker\.(?<name>[A-Z]\w*)(?=[.;])", RegexOptions.ExplicitCapture)]
    private static partial Regex FolderName();

    // A folder's name before a type's; a property of that name would be followed by a member as well, so only after new, (, < or at the start.
    [GeneratedRegex(@"(^\s*|\bnew |[(<,] ?)(?<name>[A-Z][a-zA-Z]+)\.[A-Z]\w*(?= \w|\(|[>?])", RegexOptions.ExplicitCapture)]
    private static partial Regex SiblingName();

    [GeneratedRegex(@"\bNatsKestrel\.([A-Z]\w*)")]
    private static partial Regex ProjectName();
}
