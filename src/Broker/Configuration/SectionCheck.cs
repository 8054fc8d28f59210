using Microsoft.Extensions.Configuration;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Finds what the binder would stumble over or pass by in silence: unreadable values and keys that mean nothing.</summary>
internal static class SectionCheck
{
    /// <summary>One line for each problem below section <c>Nats</c>.</summary>
    public static IReadOnlyList<string> Run(IConfiguration configuration)
    {
        var problems = new List<string>();
        Check(configuration, configuration.GetSection(NatsBrokerOptions.SectionName), OptionKeys.Root, problems);
        return problems;
    }

    private static void Check(IConfiguration configuration, IConfigurationSection section, OptionNode node, List<string> problems)
    {
        foreach (var child in section.GetChildren())
        {
            if (node.Find(child.Key) is not { } found)
            {
                problems.Add(node.Entry is null ? Unknown(configuration, child) : NoNumber(configuration, child, node));
            }
            else if (found.Value is { } option)
            {
                CheckValue(configuration, child, option with { Path = child.Path }, problems);
            }
            else
            {
                Check(configuration, child, found, problems);
                if (!string.IsNullOrEmpty(child.Value))
                {
                    string kind = found.Entry is null ? "a group of options" : "a list";
                    problems.Add($"{child.Path} ({OptionSource.Find(configuration, child.Path)}) is {kind} and takes no value itself.");
                }
            }
        }
    }

    private static void CheckValue(IConfiguration configuration, IConfigurationSection section, OptionKey option, List<string> problems)
    {
        if (section.GetChildren().FirstOrDefault() is { } below)
        {
            problems.Add($"{option.Path} ({OptionSource.Find(configuration, below.Path)}) must be {option.Form}, not a group of values.");
        }
        else if (section.Value is { } text && option.Parse(text) is null)
        {
            problems.Add(OptionProblem.Unreadable(configuration, option, text));
        }
    }

    // Without the value: a misspelt key may be that of a password.
    private static string Unknown(IConfiguration configuration, IConfigurationSection section)
    {
        string problem = $"{section.Path} ({Source(configuration, section)}) is no option of this server";
        return NearestKey.Find(section.Path) is { } near ? $"{problem}; did you mean {near}?" : $"{problem}.";
    }

    private static string NoNumber(IConfiguration configuration, IConfigurationSection section, OptionNode list) =>
        $"{section.Path} ({Source(configuration, section)}): the entries of {list.Path.Replace(":#", "", StringComparison.Ordinal)} are numbered from 0.";

    private static string Source(IConfiguration configuration, IConfigurationSection section)
    {
        var leaf = section;
        while (OptionSource.Find(configuration, leaf.Path) is null && leaf.GetChildren().FirstOrDefault() is { } first)
        {
            leaf = first;
        }

        return OptionSource.Find(configuration, leaf.Path) ?? "configuration";
    }
}
