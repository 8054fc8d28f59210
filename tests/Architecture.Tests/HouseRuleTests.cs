using System.Text.RegularExpressions;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Architecture.Tests;

/// <summary>Rules that no compiler checks: what must not stand anywhere in <c>src/</c>.</summary>
public sealed partial class HouseRuleTests
{
    [Fact]
    public void No_folder_is_a_drawer_for_everything()
    {
        var drawers = SourceFile.Find("*").Where(path => path.Split('/').SkipLast(1).Any(folder => folder is "Utils" or "Helpers" or "Common" or "Internal"));

        Assert.Empty(drawers);
    }

    [Fact]
    [Trait("Safety", "CRASH-2")]
    public void Nothing_is_async_void()
    {
        Assert.Empty(Find(AsyncVoid()));
    }

    [Fact]
    [Trait("Safety", "CRASH-4")]
    public void No_thread_sleeps_or_waits_for_a_task()
    {
        Assert.Empty(Find(SyncOverAsync()));
    }

    /// <summary>Who somebody is, and how TLS is spoken, is decided in one folder each: nobody else looks at secrets, signatures or certificates.</summary>
    [Theory]
    [Trait("Safety", "AUTHZ-1")]
    [InlineData("src/Broker/Accounts/", @"\b(Ed25519\.Verify|EqualsPlain|MatchesHash|UserClaims\.|CertificateNames\.)")]
    // Those who sign in to the console are others than those who log in to the broker (ADM-3); their passwords are checked by the same PasswordChecks.
    [InlineData("src/Broker/Accounts/Authentication/Authenticator.cs|src/Admin/Access/ConsoleAccess.cs", @"\bpasswords\.|_directory\.Find\(")]
    [InlineData("src/Broker/Accounts/Permissions/", @"\b(Publish|Subscribe)\b.*\.Allows\(")]
    public void One_place_decides_who_somebody_is_and_what_it_may_do(string place, string pattern) => AssertOnlyIn(place, pattern);

    [Theory]
    [Trait("Safety", "TLS-3")]
    [InlineData("src/Broker/Transport/Tls/TlsContext.cs", @"\bnew SslServerAuthenticationOptions\b")]
    [InlineData("src/Broker/Transport/Tls/", @"\bTlsContext\.TryCreate\(")]
    public void One_place_makes_TLS_of_settings_wherever_they_come_from(string place, string pattern) => AssertOnlyIn(place, pattern);

    [Fact]
    public void Nothing_is_left_to_do()
    {
        var left = from file in SourceFile.All
                   from line in file.Lines.Select((text, index) => (Text: text, Number: index + 1))
                   where Leftover().IsMatch(line.Text)
                   select $"{file.Path}:{line.Number} {line.Text.Trim()}";

        Assert.Empty(left);
    }

    /// <summary>Operators filter and alarm by them.</summary>
    [Fact]
    public void Every_kind_of_log_line_has_a_number_of_its_own()
    {
        var shared = from file in SourceFile.All
                     from line in file.Lines
                     let number = LogNumber().Match(line)
                     where number.Success
                     group file.Path by number.Value into places
                     where places.Count() > 1
                     select $"{places.Key} in {string.Join(", ", places)}";

        Assert.Empty(shared);
    }

    [Fact]
    public void No_tidying_region_or_partial_file_hides_a_long_class()
    {
        Assert.Empty(Find(Region()));
    }

    [Fact]
    public void Every_decision_record_is_linked_from_the_architecture_page_and_has_the_same_three_parts()
    {
        string architecture = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));

        foreach (string path in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "adr"), "*.md"))
        {
            string text = File.ReadAllText(path);
            Assert.All(["## Context", "## Decision", "## Consequences"], part => Assert.Contains(part, text, StringComparison.Ordinal));
            Assert.Contains($"adr/{Path.GetFileName(path)}", architecture, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("    public async void Start()", true)]
    [InlineData("    Thread.Sleep(10);", true)]
    [InlineData("    var text = task.Result;", true)]
    [InlineData("    task.Wait();", true)]
    [InlineData("    handle.GetAwaiter().GetResult();", true)]
    [InlineData("    var match = result.Results;", false)]
    [InlineData("    await task.WaitAsync(limit);", false)]
    [InlineData("    MatchResult result = Match(subject);", false)]
    public void The_patterns_find_what_they_are_for(string line, bool isFound)
    {
        Assert.Equal(isFound, AsyncVoid().IsMatch(line) || SyncOverAsync().IsMatch(line));
    }

    private static void AssertOnlyIn(string place, string pattern)
    {
        string[] found = [.. Find(new Regex(pattern))];

        Assert.NotEmpty(found);
        Assert.All(found, line => Assert.Contains(place.Split('|'), allowed => line.StartsWith(allowed, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Find(Regex pattern) =>
        from file in SourceFile.All
        from line in file.Code
        where pattern.IsMatch(line.Text)
        select $"{file.Path}:{line.Number} {line.Text.Trim()}";

    [GeneratedRegex(@"LoggerMessage\(\d+")]
    private static partial Regex LogNumber();

    [GeneratedRegex(@"\basync void\b|\basync\s*\([^)]*\)\s*:\s*void")]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"\bThread\.Sleep\b|\.Result\b(?!\s*[({])|\.Wait\(|\.GetAwaiter\(\)\.GetResult\(")]
    private static partial Regex SyncOverAsync();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|\bNotImplementedException\b")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"^\s*#region\b")]
    private static partial Regex Region();
}
