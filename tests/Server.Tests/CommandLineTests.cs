using NatsKestrel.Broker.Configuration;
using NatsKestrel.Server.Flags;
using Xunit;

namespace NatsKestrel.Server.Tests;

public sealed class CommandLineTests
{
    public static TheoryData<string> Names => [.. FlagTable.All.SelectMany(flag => flag.Names)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_flag_is_read_with_one_dash_and_with_two_with_equals_and_without(string name)
    {
        Flag flag = FlagTable.ByName[name];
        string value = flag.Kind switch { FlagKind.Switch => "true", FlagKind.Number => "17", _ => "text" };

        Assert.All<string[]>(
            flag.Kind == FlagKind.Switch
                ? [[$"-{name}"], [$"--{name}"], [$"-{name}=true"], [$"--{name}=T"]]
                : [[$"-{name}", value], [$"--{name}", value], [$"-{name}={value}"], [$"--{name}={value}"]],
            args => Assert.Equal(value, CommandLine.Read(args).Find(flag.Name)));
    }

    [Fact]
    public void Each_flag_sets_an_option_that_there_is()
    {
        Assert.All(FlagTable.All.Select(flag => flag.Option).OfType<string>(), option => Assert.True(OptionKeys.All.ContainsKey(option), option));
    }

    [Theory]
    [InlineData("flag provided but not defined: -foo", "-foo")]
    [InlineData("flag provided but not defined: -p4223", "-p4223")]
    [InlineData("flag needs an argument: -p", "-p")]
    [InlineData("invalid value \"abc\" for flag -p: parse error", "-p", "abc")]
    [InlineData("invalid value \"99999999999999999999\" for flag -p: value out of range", "-p", "99999999999999999999")]
    [InlineData("invalid boolean value \"x\" for -D: parse error", "-D=x")]
    [InlineData("bad flag syntax: ---p", "---p")]
    [InlineData("bad flag syntax: -=3", "-=3")]
    public void What_cannot_be_read_is_said_in_the_words_of_nats_server(string message, params string[] args)
    {
        var problem = Assert.Throws<FlagException>(() => CommandLine.Read(args));

        Assert.Equal(message, problem.Message);
    }

    [Fact]
    public void The_first_word_that_is_no_flag_ends_the_flags()
    {
        CommandLine line = CommandLine.Read(["-D", "version", "-p", "1"]);

        Assert.True(line.IsOn("debug"));
        Assert.False(line.Has("port"));
        Assert.Equal(["version", "-p", "1"], line.Rest);
    }

    [Fact]
    public void A_switch_does_not_take_the_next_word()
    {
        CommandLine line = CommandLine.Read(["-D", "false"]);

        Assert.True(line.IsOn("debug"));
        Assert.Equal(["false"], line.Rest);
    }

    [Fact]
    public void The_last_of_several_counts()
    {
        Assert.Equal("2", CommandLine.Read(["-p", "1", "--port=2"]).Find("port"));
    }

    [Theory]
    [InlineData("0x1f", "31")]
    [InlineData("017", "15")]
    [InlineData("0b11", "3")]
    [InlineData("1_000", "1000")]
    [InlineData("-1", "-1")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("1.5", null)]
    [InlineData("", null)]
    [InlineData("08", null)]
    public void Numbers_are_those_of_Go(string text, string? number)
    {
        Assert.Equal(number, GoNumber.ParseInteger(text, out _));
    }
}
