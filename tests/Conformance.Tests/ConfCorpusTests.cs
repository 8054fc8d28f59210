using System.Text;
using System.Text.RegularExpressions;
using NatsKestrel.Broker.Configuration.NatsConf;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>What our reader and nats-server's <c>-t</c> say of the same configurations.</summary>
public sealed partial class ConfCorpusTests
{
    private const string FileName = "case.conf";

    // Some cases refer to these.
    private static readonly Dictionary<string, string> Variables = new() { ["PORTVAR"] = "4333", ["CYC"] = "$CYC" };

    public static TheoryData<string> Names => ConfCorpus.Names;

    /// <summary>Without those that nats-server answers now so, now so.</summary>
    public static TheoryData<string> SteadyNames => [.. ConfCorpus.Names.Select(row => row.Data).Where(name => !ConfCorpus.Find(name).Varies)];

    public static TheoryData<string> Divergences => [.. ConfCorpus.All.Select(found => found.Divergence).OfType<string>().Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public void We_say_of_it_what_is_expected(string name)
    {
        var conf = ConfCorpus.Find(name);

        var file = Check(conf);

        Assert.Equal(conf.Ours, file.Errors.Concat(file.Warnings).Select(Plain).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(SteadyNames))]
    public async Task Nats_server_says_of_it_what_is_expected(string name)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        var conf = ConfCorpus.Find(name);

        string answer = await CheckByReferenceAsync(conf.Text, TestContext.Current.CancellationToken);

        var valid = ValidLine().Match(answer);
        Assert.Equal(conf.Reference, valid.Success ? [] : Lines(answer));
        if (valid.Success && Check(conf).Digest is { } digest)
        {
            Assert.Equal(valid.Groups["digest"].Value, digest);
        }
    }

    [Fact]
    public void A_difference_has_a_reason()
    {
        Assert.All(ConfCorpus.All, conf => Assert.Equal(conf.Ours.SequenceEqual(conf.Reference), conf.Divergence is null));
    }

    [Theory]
    [MemberData(nameof(Divergences))]
    public void A_reason_is_explained_in_the_compatibility_page(string id)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "compatibility.md"));

        Assert.Contains($"| `{id}` |", page[page.IndexOf("## Divergences", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_good_and_bad_ones_enough()
    {
        Assert.True(ConfCorpus.All.Count(conf => conf.Reference.Count == 0) >= 60);
        Assert.True(ConfCorpus.All.Count(conf => conf.Reference.Count > 0) >= 60);
    }

    private static NatsConfFile Check(ConfCase conf)
    {
        byte[] Read(string file) => file == FileName ? Encoding.UTF8.GetBytes(conf.Text) : File.ReadAllBytes(Path.Combine(ConfCorpus.IncludeFolder, file));
        return NatsConfFile.Check(FileName, new ConfReading(Variables.GetValueOrDefault, Read, _ => null));
    }

    private static async Task<string> CheckByReferenceAsync(string text, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("natskestrel-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, FileName), text, cancellationToken);
            foreach (string path in Directory.EnumerateFiles(ConfCorpus.IncludeFolder))
            {
                File.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
            }

            return await ReferenceServer.RunAsync(["-t", "-c", FileName], folder, Variables, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> Lines(string answer) =>
        answer.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Plain(line.StartsWith("nats-server: ", StringComparison.Ordinal) ? line["nats-server: ".Length..] : line))
            .Order(StringComparer.Ordinal);

    // Every message of a case names the same file; and a text file holds no NUL.
    private static string Plain(string message) =>
        message.Replace(FileName + ":", "", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal);

    [GeneratedRegex(@"configuration file \S+ is valid \((?<digest>sha256:\w+)\)")]
    private static partial Regex ValidLine();
}
