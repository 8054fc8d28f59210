using System.Text;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Protocol;

/// <summary>Every row was tried on nats-server 2.15.1.</summary>
[Trait("Safety", "PARSE-6")]
public class ConnectReaderTests
{
    [Fact]
    public void All_options_are_read()
    {
        var options = Read("""
            {"verbose":false,"pedantic":false,"echo":false,"headers":true,"no_responders":true,"protocol":1,"name":"n","lang":"l",
             "version":"v","user":"u","pass":"p","auth_token":"t","nkey":"k","sig":"s","jwt":"j","account":"a","new_account":true,
             "tls_required":true,"proxy_sig":"","remote_account":"","import":{"Allow":["a",null]},"export":{"deny":null,"x":1}}
            """);

        Assert.Equal(
            new ConnectOptions
            {
                Verbose = false,
                Pedantic = false,
                Echo = false,
                Headers = true,
                NoResponders = true,
                Protocol = 1,
                Name = "n",
                Lang = "l",
                Version = "v",
                User = "u",
                Pass = "p",
                AuthToken = "t",
                Nkey = "k",
                Sig = "s",
                Jwt = "j",
                Account = "a",
                NewAccount = true,
            },
            options);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData(" {} \t")]
    [InlineData("""{"verbose":null,"protocol":null,"name":null,"import":null}""")]
    [InlineData("""{"x":{"a":[1,{"b":null}]},"cluster":1,"":1,"y":1e400}""")]
    [InlineData("""{"protocol":-0}""")]
    public void What_says_nothing_changes_nothing(string json)
    {
        var current = new ConnectOptions { Verbose = false, Name = "before", Pass = "secret" };

        Assert.Equal(ConnectOptions.Default, Read(json));
        Assert.Equal(current, ConnectReader.Read(Encoding.UTF8.GetBytes(json), current));
    }

    [Fact]
    public void Options_merge_over_those_in_force()
    {
        var current = new ConnectOptions { Verbose = false, User = "u", Pass = "p" };

        var merged = ConnectReader.Read("""{"user":"w","echo":false}"""u8, current);

        Assert.Equal(current with { User = "w", Echo = false }, merged);
    }

    [Theory]
    [InlineData("""{"VERBOSE":false}""")]
    [InlineData("""{"verbose":true,"Verbose":false}""")]
    [InlineData("""{"verbo\u0073e":false}""")]
    public void Names_match_in_any_case_and_the_last_one_wins(string json) => Assert.False(Read(json).Verbose);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("{")]
    [InlineData("{} x")]
    [InlineData("{}{}")]
    [InlineData("{}\0")]
    [InlineData("null null")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"verbose\":false,}")]
    [InlineData("{/*c*/}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"name\":\"a\tb\"}")]
    [InlineData("{\"name\":\"\\u00\"}")]
    [InlineData("{\"name\":\"\\x\"}")]
    [InlineData("\ufeff{}")]
    public void What_is_no_JSON_object_is_refused(string json) => AssertRefused(json);

    [Theory]
    [InlineData("verbose", "1")]
    [InlineData("verbose", "\"true\"")]
    [InlineData("verbose", "{\"a\":1}")]
    [InlineData("pedantic", "0")]
    [InlineData("echo", "\"x\"")]
    [InlineData("headers", "[]")]
    [InlineData("no_responders", "0")]
    [InlineData("tls_required", "1")]
    [InlineData("new_account", "1")]
    [InlineData("protocol", "\"1\"")]
    [InlineData("protocol", "1.0")]
    [InlineData("protocol", "1e0")]
    [InlineData("protocol", "true")]
    [InlineData("protocol", "99999999999999999999")]
    [InlineData("name", "1")]
    [InlineData("lang", "false")]
    [InlineData("version", "1")]
    [InlineData("user", "1")]
    [InlineData("pass", "1")]
    [InlineData("auth_token", "1")]
    [InlineData("nkey", "1")]
    [InlineData("sig", "{}")]
    [InlineData("jwt", "[]")]
    [InlineData("account", "1")]
    [InlineData("proxy_sig", "1")]
    [InlineData("remote_account", "1")]
    [InlineData("import", "1")]
    [InlineData("import", "[]")]
    [InlineData("import", "{\"allow\":1}")]
    [InlineData("import", "{\"allow\":[1]}")]
    [InlineData("export", "{\"DENY\":[[]]}")]
    public void A_value_of_the_wrong_type_is_refused(string name, string value) => AssertRefused($$"""{"{{name}}":{{value}}}""");

    [Theory]
    [InlineData("9999999999")]
    [InlineData("-9223372036854775808")]
    [InlineData("2")]
    public void A_strange_protocol_number_is_left_to_who_checks_it(string number) =>
        Assert.False(Read($$"""{"protocol":{{number}}}""").Protocol is 0 or 1);

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Nesting_is_bounded(int arrays, bool passes)
    {
        string json = $$"""{"a":{{new string('[', arrays)}}{{new string(']', arrays)}}}""";

        if (passes)
        {
            Assert.Equal(ConnectOptions.Default, Read(json));
        }
        else
        {
            AssertRefused(json);
        }
    }

    [Theory]
    [InlineData("a\\n\\t\\\"\\\\\\/\\b\\f\\r\\u00e9b", "a\n\t\"\\/\b\f\r\u00e9b")]
    [InlineData("\\ud83d\\ude00", "\ud83d\ude00")]
    [InlineData("\\ud800x", "\ufffdx")]
    [InlineData("\\udc00", "\ufffd")]
    [InlineData("é\u0001", null)]
    public void Escapes_are_read_and_broken_ones_replaced(string text, string? name)
    {
        if (name is null)
        {
            AssertRefused($"{{\"name\":\"{text}\"}}");
        }
        else
        {
            Assert.Equal(name, Read($"{{\"name\":\"{text}\"}}").Name);
        }
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_replaced()
    {
        byte[] json = [.. "{\"name\":\"a"u8, 0xff, .. "b\",\""u8, 0xff, .. "\":1}"u8];

        Assert.Equal("a\ufffdb", ConnectReader.Read(json, ConnectOptions.Default).Name);
    }

    [Theory]
    [Trait("Safety", "MEM-6")]
    [InlineData("name", 256)]
    [InlineData("lang", 64)]
    [InlineData("version", 64)]
    public void What_connection_records_keep_is_cut_between_characters(string field, int maxBytes)
    {
        string fits = new string('a', maxBytes - 2) + "é";
        string tooLong = new string('a', maxBytes - 1) + "é";

        Assert.Equal(fits, Get(Read($$"""{"{{field}}":"{{fits}}"}""")));
        Assert.Equal(tooLong[..^1], Get(Read($$"""{"{{field}}":"{{tooLong}}"}""")));

        string Get(ConnectOptions options) => field switch { "name" => options.Name, "lang" => options.Lang, _ => options.Version };
    }

    [Fact]
    public void An_error_never_quotes_the_input()
    {
        var malformed = Assert.Throws<ProtocolException>(() => Read("{\"pass\":\"CANARY-91c2\",CANARY-91c2"));

        Assert.Equal("Violation", malformed.Message);
        Assert.Null(malformed.InnerException);
        Assert.DoesNotContain("CANARY", malformed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("null", true)]
    [InlineData("{\"server_id\":\"x\",\"a\":[{}]} ", true)]
    [InlineData("", false)]
    [InlineData("[]", false)]
    [InlineData("1", false)]
    [InlineData("{} x", false)]
    [InlineData("{\"a\":", false)]
    public void An_INFO_is_only_checked(string json, bool passes)
    {
        var error = Record.Exception(() => ConnectReader.CheckInfo(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(passes ? null : ProtocolError.Violation, (error as ProtocolException)?.Error);
    }

    private static ConnectOptions Read(string json) => ConnectReader.Read(Encoding.UTF8.GetBytes(json), ConnectOptions.Default);

    private static void AssertRefused(string json) =>
        Assert.Equal(ProtocolError.Violation, Assert.Throws<ProtocolException>(() => Read(json)).Error);
}
