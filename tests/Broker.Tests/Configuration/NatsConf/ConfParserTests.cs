using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

/// <summary>The grammar, seen through the server's name and its tags; the corpus of the conformance tests has the odd corners.</summary>
public sealed class ConfParserTests
{
    [Theory]
    [InlineData("server_name: a", "a")]
    [InlineData("server_name = a", "a")]
    [InlineData("server_name a", "a")]
    [InlineData("server_name\n  a", "a")]
    [InlineData("SERVER_NAME: a", "a")]
    [InlineData("'server_name': 'a'", "a")]
    [InlineData("{ \"server_name\": \"a\" }", "a")]
    [InlineData("server_name: a # b", "a")]
    [InlineData("server_name: a // b", "a")]
    [InlineData("server_name: a#b//c:d=e", "a#b//c:d=e")]
    [InlineData("# a comment\n// another\n\nserver_name: a;", "a")]
    [InlineData("server_name: a\nserver_name: b", "b")]
    [InlineData("server_name: \"a\\t\\x41\\\"\\\\\"", "a\tA\"\\")]
    [InlineData("server_name: 'a\\t\"'", "a\\t\"")]
    [InlineData("server_name: (\na\n)", "\na\n")]
    [InlineData("server_name: 1.2.3", "1.2.3")]
    [InlineData("server_name: 10s", "10s")]
    [InlineData("server_name: $2a$11$abc", "$2a$11$abc")]
    [InlineData("server_name: \"yes\"", "yes")]
    [InlineData("server_name: ✓", "✓")]
    [InlineData("A: a\nserver_name: $A", "a")]
    public void A_text_is_read_however_it_is_written(string text, string name)
    {
        var file = ConfText.Check(text);

        Assert.Empty(file.Errors);
        Assert.Equal(name, file.Settings["Nats:ServerName"].Text);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("007", 7)]
    [InlineData("-1", 0)]
    [InlineData("1k", 1000)]
    [InlineData("1KB", 1024)]
    [InlineData("1kib", 1024)]
    [InlineData("2m", 2_000_000)]
    [InlineData("2MiB", 2 * 1024 * 1024)]
    [InlineData("1g", 1_000_000_000)]
    public void A_number_may_have_a_unit(string number, int value)
    {
        var file = ConfText.Check($"max_connections: {number}");

        Assert.Equal(value.ToString(System.Globalization.CultureInfo.InvariantCulture), file.Settings["Nats:Limits:MaxConnections"].Text);
    }

    [Theory]
    [InlineData("port: 1\nfoo: 2", "nats.conf:2:1: unknown field \"foo\"")]
    [InlineData("  foo: 2", "nats.conf:1:2: unknown field \"foo\"")]
    [InlineData("tls {\n  foo: 1\n}", "nats.conf:2:3: error parsing tls config, unknown field \"foo\"")]
    [InlineData("port", "config is invalid (nats.conf:1:4)")]
    [InlineData("port: \"a", "Parse error on line 1: 'Unexpected EOF.'")]
    [InlineData("port: $NOPE", "variable reference for 'NOPE' on line 1 can not be found")]
    public void An_error_has_its_place(string text, string error)
    {
        Assert.Equal([error], ConfText.Check(text).Errors);
    }

    [Fact]
    public void Every_error_of_meaning_is_reported_and_not_just_the_first()
    {
        Assert.Equal(3, ConfText.Check("port: a\nhost: 5\nfoo: 1").Errors.Count);
    }

    [Fact]
    public void A_variable_comes_from_the_innermost_block_then_from_outside_then_from_the_environment()
    {
        var file = ConfText.CheckWith([("B", "6"), ("C", "\"seven\"")], "A: 4\nmax_subs: $A\naccounts { A: 5, X { limits { max_conn: $A, max_subs: $B } } }\nserver_name: $C");

        Assert.Empty(file.Errors);
        Assert.Equal("4", file.Settings["Nats:Limits:MaxSubscriptions"].Text);
        Assert.Equal("5", file.Settings["Nats:Accounts:0:Limits:MaxConnections"].Text);
        Assert.Equal("6", file.Settings["Nats:Accounts:0:Limits:MaxSubscriptions"].Text);
        Assert.Equal("seven", file.Settings["Nats:ServerName"].Text);
    }

    [Fact]
    public void A_variable_is_not_known_before_it_is_set()
    {
        Assert.Equal(["variable reference for 'A' on line 1 can not be found"], ConfText.Check("port: $A\nA: 4222").Errors);
    }

    [Fact]
    public void A_variable_may_be_a_whole_list_of_the_environment()
    {
        var file = ConfText.CheckWith([("ORIGINS", "[a, \"b\"]")], "websocket { allowed_origins: $ORIGINS }");

        Assert.Equal("b", file.Settings["Nats:WebSocket:AllowedOrigins:1"].Text);
    }

    [Fact]
    [Trait("Safety", "CRASH-3")]
    public void Variables_of_the_environment_that_refer_to_each_other_come_to_an_end()
    {
        var file = ConfText.CheckWith([("A", "$B"), ("B", "$A")], "port: $A");

        Assert.EndsWith("variable reference cycle for 'A'", Assert.Single(file.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Safety", "CRASH-3")]
    [InlineData('[')]
    [InlineData('{')]
    public void What_is_nested_too_deeply_is_refused(char bracket)
    {
        string level = bracket == '[' ? "[" : "{ a: ";

        var file = ConfText.Check("server_metadata: " + string.Concat(Enumerable.Repeat(level, 100_000)));

        Assert.StartsWith("Parse error on line 1: 'More than 128 maps", Assert.Single(file.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Safety", "PARSE-5")]
    [InlineData("authorization { timeout: 9223372036854775807 }")]
    [InlineData("authorization { timeout: -9223372036854775808 }")]
    [InlineData("authorization { timeout: 99999999999999999999999999999999.9 }")]
    [InlineData("tls { timeout: 9223372036854775807 }")]
    [InlineData("websocket { handshake_timeout: 9223372036854775807 }")]
    [InlineData("ping_interval: 9223372036854775807")]
    [InlineData("ping_interval: \"9999999999h\"")]
    [InlineData("max_connections: 9223372036854775807")]
    [InlineData("port: ٣.٣")]
    [InlineData("port: ٣")]
    [InlineData("http: \"a:-9223372036854775808\"")]
    [InlineData("mappings { a: \"b.$999999999999\" }")]
    public void No_number_is_too_much(string text)
    {
        Assert.NotNull(ConfText.Check(text).Files);
    }

    [Fact]
    [Trait("Safety", "PARSE-5")]
    public void No_text_makes_the_reader_throw()
    {
        var random = new Random(7);
        string[] pieces = ["port", ":", "=", " ", "\n", "{", "}", "[", "]", "(", ")", "'", "\"", "\\", "\\x4", "$A", "-", ".", "1", "k", "b", "#", "//", ",", ";", "include", "true", "\0", "é", "2020-01-01T"];

        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));

            Assert.NotNull(ConfText.Check(text).Errors);
        }
    }
}
