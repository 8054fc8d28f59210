using Xunit;

namespace NatsKestrel.Conformance.Tests;

public sealed class DivergenceTests
{
    public static TheoryData<string> Divergences => [.. Corpus.All.Select(transcript => transcript.Divergence).OfType<string>().Distinct()];

    [Theory]
    [MemberData(nameof(Divergences))]
    public void A_divergence_is_explained_in_the_compatibility_page(string id)
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "compatibility.md"));

        int section = page.IndexOf("## Divergences", StringComparison.Ordinal);

        Assert.True(section >= 0, "docs/compatibility.md has no section 'Divergences'.");
        Assert.Contains($"| `{id}` |", page[section..], StringComparison.Ordinal);
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "NatsKestrel.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
