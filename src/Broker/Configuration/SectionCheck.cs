using Microsoft.Extensions.Configuration;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Finds what the binder would stumble over or pass by in silence: unreadable values and keys that mean nothing.</summary>
internal static class SectionCheck
{
    /// <summary>One line for each problem below section <c>Nats</c>.</summary>
    public static IReadOnlyList<string> Run(IConfiguration configuration)
    {
        var problems = new List<string>();
        Check(configuration, configuration.GetSection(NatsBrokerOptions.SectionName), problems);
        return problems;
    }

    private static void Check(IConfiguration configuration, IConfigurationSection section, List<string> problems)
    {
        foreach (var child in section.GetChildren())
        {
            if (OptionKeys.Sections.Contains(child.Path))
            {
                Check(configuration, child, problems);
                if (!string.IsNullOrEmpty(child.Value))
                {
                    problems.Add($"{child.Path} ({OptionSource.Find(configuration, child.Path)}) is a group of options and takes no value itself.");
                }
            }
            else if (int.TryParse(child.Key, out _) && OptionKeys.Sections.Contains(section.Path))
            {
                continue; // an entry of a list of texts
            }
            else if (!OptionKeys.All.TryGetValue(child.Path, out var option))
            {
                problems.Add(Unknown(configuration, child));
            }
            else if (child.GetChildren().Any())
            {
                problems.Add($"{option.Path} ({OptionSource.Find(configuration, child.GetChildren().First().Path)}) must be {option.Form}, not a group of values.");
            }
            else if (child.Value is { } text && option.Parse(text) is null)
            {
                problems.Add(OptionProblem.Unreadable(configuration, option, text));
            }
        }
    }

    // Without the value: a misspelt key may be that of a password.
    private static string Unknown(IConfiguration configuration, IConfigurationSection section)
    {
        var leaf = section;
        while (OptionSource.Find(configuration, leaf.Path) is null && leaf.GetChildren().FirstOrDefault() is { } first)
        {
            leaf = first;
        }

        string source = OptionSource.Find(configuration, leaf.Path) ?? "configuration";
        string problem = $"{section.Path} ({source}) is no option of this server";
        return NearestKey.Find(section.Path) is { } near ? $"{problem}; did you mean {near}?" : $"{problem}.";
    }
}
