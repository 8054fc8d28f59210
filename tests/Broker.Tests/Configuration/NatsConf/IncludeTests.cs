using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

public sealed class IncludeTests
{
    [Theory]
    [InlineData("include users.conf")]
    [InlineData("include \"users.conf\"")]
    [InlineData("include 'users.conf'")]
    [InlineData("INCLUDE users.conf;")]
    [InlineData("include ./users.conf # the users")]
    public void The_pairs_of_an_included_file_stand_where_the_include_stands(string include)
    {
        var file = ConfText.Check($"authorization {{\n  {include}\n  timeout: 3\n}}", ("users.conf", "token: abc"));

        Assert.Empty(file.Errors);
        Assert.Equal("abc", file.Settings["Nats:Authorization:Token"].Text);
        Assert.Equal("00:00:03", file.Settings["Nats:Authorization:Timeout"].Text);
    }

    [Fact]
    public void An_included_name_is_relative_to_the_file_that_includes_it()
    {
        var file = ConfText.Check("include conf.d/limits.conf", ("conf.d/limits.conf", "include more.conf"), ("conf.d/more.conf", "max_payload: 5"));

        Assert.Equal("conf.d/more.conf:1 max_payload", file.Settings["Nats:Limits:MaxPayload"].ToString());
        Assert.Equal(["nats.conf", "conf.d/limits.conf", "conf.d/more.conf"], file.Files);
    }

    [Theory]
    [InlineData("../shared/a.conf", "etc/shared/a.conf")]
    [InlineData("./x/./../a.conf", "etc/nats/a.conf")]
    [InlineData("../../../a.conf", "../a.conf")]
    [InlineData("/a.conf", "etc/nats/a.conf")]
    public void An_included_name_is_joined_to_the_folder_as_nats_server_joins_it(string name, string path)
    {
        var file = ConfText.Check("include etc/nats/n.conf", ("etc/nats/n.conf", $"include {name}"), (path, "port: 5"));

        Assert.Equal($"{path}:1 port", file.Settings["Nats:Port"].ToString());
    }

    [Fact]
    public void An_error_in_an_included_file_names_that_file()
    {
        var file = ConfText.Check("port: 1\ninclude more.conf", ("more.conf", "\nfoo: 1"));

        Assert.Equal(["more.conf:2:1: unknown field \"foo\""], file.Errors);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Equal(["error parsing include file 'nope.conf', open nope.conf: no such file or directory"], ConfText.Check("include nope.conf").Errors);
    }

    [Fact]
    public void An_included_file_does_not_see_the_variables_of_the_one_that_includes_it()
    {
        var file = ConfText.Check("A: 5\ninclude more.conf", ("more.conf", "port: $A"));

        Assert.Equal(["error parsing include file 'more.conf', variable reference for 'A' on line 1 can not be found"], file.Errors);
    }

    [Fact]
    [Trait("Safety", "CRASH-3")]
    public void Files_that_include_each_other_come_to_an_end()
    {
        var file = ConfText.Check("include a.conf", ("a.conf", "include nats.conf"));

        Assert.Contains("includes go deeper than 16 files", Assert.Single(file.Errors), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "CRASH-3")]
    public void Files_that_include_two_that_include_two_come_to_an_end()
    {
        string[] names = [.. Enumerable.Range(0, 14).Select(i => $"file{i}.conf")];
        var files = names.Zip(names.Skip(1).Append("last.conf"), (name, next) => (name, $"include {next}\ninclude {next}")).Append(("last.conf", ""));

        var file = ConfText.Check("include file0.conf", [.. files]);

        Assert.Contains("take more than 1024", Assert.Single(file.Errors), StringComparison.Ordinal);
    }
}
