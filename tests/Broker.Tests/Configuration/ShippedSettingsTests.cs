using Microsoft.Extensions.Configuration;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration;

public sealed class ShippedSettingsTests
{
    private static readonly IConfigurationRoot Shipped =
        new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, "appsettings.json")).Build();

    public static TheoryData<string> Keys => [.. OptionKeys.All.Keys];

    /// <summary>Lists outside of other lists: shipped empty.</summary>
    public static TheoryData<string> Lists => [.. OptionKeys.Root.WithAllBelow().Where(node => node.IsAlwaysThere)
        .SelectMany(section => section.Children.Values).Where(node => node.Entry is not null).Select(list => list.Path)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_option_is_listed(string key)
    {
        Assert.NotNull(Shipped[key]);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_option_is_listed_at_its_default(string key)
    {
        var bound = new NatsBrokerOptions();

        new BrokerOptionsSetup(Shipped).Configure(bound);

        var option = OptionKeys.All[key];
        Assert.Equal(option.Read(new NatsBrokerOptions()), option.Read(bound));
        Assert.Equal(option.Read(bound), option.Parse(Shipped[key]!));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_option_is_in_the_table_of_the_readme(string key)
    {
        Assert.Contains($"| `{key}` |", File.ReadAllText(Path.Combine(Repository.Root, "README.md")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_list_is_shipped_empty_and_in_the_table_of_the_readme(string key)
    {
        Assert.Equal("", Shipped[key] ?? "");
        Assert.Empty(Shipped.GetSection(key).GetChildren());
        Assert.Contains($"| `{key}` |", File.ReadAllText(Path.Combine(Repository.Root, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_break_no_rule()
    {
        var result = new BrokerOptionsValidator(Shipped).Validate(null, new NatsBrokerOptions());

        Assert.True(result.Succeeded, result.FailureMessage);
    }
}
