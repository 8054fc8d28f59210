using System.Buffers;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Protocol;

public class CommandReaderTests
{
    // Behind a command these make its line fit for the path that looks at 64 bytes at once.
    private const string Padding = "PING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\n";
    private const string PaddingRead = "Ping\nPing\nPing\nPing\nPing\nPing\nPing\nPing\nPing\nPing\nPing\n";

    [Theory]
    [InlineData("PUB a 2\r\nhi\r\n", "PUB [a] [] [] [2] 0 2 [hi]")]
    [InlineData("pUb a 2\r\nhi\r\n", "PUB [a] [] [] [2] 0 2 [hi]")]
    [InlineData("PUB a 2\nhi\r\n", "PUB [a] [] [] [2] 0 2 [hi]")]
    [InlineData("PUB a r 2\r\nhi\r\n", "PUB [a] [r] [] [2] 0 2 [hi]")]
    [InlineData("PUB a 0\r\n\r\n", "PUB [a] [] [] [0] 0 0 []")]
    [InlineData("PUB a 02\r\nhi\r\n", "PUB [a] [] [] [02] 0 2 [hi]")]
    [InlineData("PUB a 000000002\r\nhi\r\n", "PUB [a] [] [] [000000002] 0 2 [hi]")]
    [InlineData("PUB   a    2   \r\nhi\r\n", "PUB [a] [] [] [2] 0 2 [hi]")]
    [InlineData("PUB\ta\t \tr\t2\t\r\nhi\r\n", "PUB [a] [r] [] [2] 0 2 [hi]")]
    [InlineData("PUB a 4\r\n\r\n\r\n\r\n", "PUB [a] [] [] [4] 0 4 [\r\n\r\n]")]
    [InlineData("PUB a\rb 2\r\nhi\r\n", "PUB [a\rb] [] [] [2] 0 2 [hi]")]
    [InlineData("PUB \x01\x00\xff 2\r\nhi\r\n", "PUB [\x01\x00\xff] [] [] [2] 0 2 [hi]")]
    [InlineData("PUB a \x01 2\r\nhi\r\n", "PUB [a] [\x01] [] [2] 0 2 [hi]")]
    [InlineData("HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "PUB [a] [] [12] [14] 12 14 [NATS/1.0\r\n\r\nhi]")]
    [InlineData("hpub a r 4 6 \nJUNKhi\r\n", "PUB [a] [r] [4] [6] 4 6 [JUNKhi]")]
    [InlineData("HPUB a 0 2\r\nhi\r\n", "PUB [a] [] [0] [2] 0 2 [hi]")]
    [InlineData("HPUB\t a  02 002\r\nhi\r\n", "PUB [a] [] [02] [002] 2 2 [hi]")]
    [InlineData("SUB a 1\r\n", "SUB [a] [] [1]")]
    [InlineData("sUb a q 1\n", "SUB [a] [q] [1]")]
    [InlineData("SUB\ta \t q \t1 \t\r\n", "SUB [a] [q] [1]")]
    [InlineData("SUB a..b not-a-number\r\n", "SUB [a..b] [] [not-a-number]")]
    [InlineData("UNSUB 1\r\n", "UNSUB [1] 0")]
    [InlineData("unsub  1  5 \r\n", "UNSUB [1] 5")]
    [InlineData("UNSUB 1 0\r\n", "UNSUB [1] 0")]
    [InlineData("UNSUB 1 999999999\r\n", "UNSUB [1] 999999999")]
    [InlineData("UNSUB 1 1000000000\r\n", "UNSUB [1] 0")]
    [InlineData("UNSUB 1 abc\r\n", "UNSUB [1] 0")]
    [InlineData("UNSUB 1 a2\r\n", "UNSUB [1] 0")]
    [InlineData("UNSUB 1 -1\r\n", "UNSUB [1] 0")]
    [InlineData("PING\r\n", "Ping")]
    [InlineData("pInG\n", "Ping")]
    [InlineData("PINGxyz \r\r\n", "Ping")]
    [InlineData("PONG\r\n", "Pong")]
    [InlineData("PONG x\n", "Pong")]
    [InlineData("+OK\r\n", "Ok")]
    [InlineData("+ok\n", "Ok")]
    [InlineData("+OKwhatever\r\n", "Ok")]
    [InlineData("CONNECT {}\r\n", "CONNECT [{}]")]
    [InlineData("CONNECT{}\n", "CONNECT [{}]")]
    [InlineData("connect \t {\"a\": 1} \r\n", "CONNECT [{\"a\": 1} ]")]
    [InlineData("CONNECTx\r\n", "CONNECT [x]")]
    [InlineData("CONNECT\r\n", "CONNECT []")]
    [InlineData("INFO {}\r\n", "Info")]
    [InlineData("info{\"a\":[1]}\n", "Info")]
    public void A_command_is_read(string input, string command)
    {
        Assert.Equal($"{command}\nleft 0", Readings.Whole(input));
        Assert.Equal($"{command}\n{PaddingRead}left 0", Readings.Whole(input + Padding));
    }

    [Theory]
    [Trait("Safety", "PARSE-5")]
    [InlineData("PUB \r\n")]
    [InlineData("PUB a\r\n")]
    [InlineData("PUB 2\r\n")]
    [InlineData("PUB  2\r\n")]
    [InlineData("PUB a b c 1\r\n")]
    [InlineData("PUB a b c 99999999\r\n")]
    [InlineData("PUB a b c d\r\n")]
    [InlineData("HPUB \r\n")]
    [InlineData("HPUB a\r\n")]
    [InlineData("HPUB a 12\r\n")]
    [InlineData("HPUB 12 12\r\n")]
    [InlineData("HPUB a b c 1 2\r\n")]
    [InlineData("SUB \r\n")]
    [InlineData("SUB a\r\n")]
    [InlineData("SUB a b c d\r\n")]
    [InlineData("SUB a b c d e\r\n")]
    [InlineData("UNSUB \r\n")]
    [InlineData("UNSUB \t\n")]
    [InlineData("UNSUB 1 2 3\r\n")]
    public void A_wrong_number_of_arguments_ends_without_a_word(string input) => AssertError(ProtocolError.Violation, input);

    [Theory]
    [Trait("Safety", "PARSE-2")]
    [InlineData("PUB a x\r\n")]
    [InlineData("PUB a -1\r\n")]
    [InlineData("PUB a +1\r\n")]
    [InlineData("PUB a 1.0\r\n")]
    [InlineData("PUB a 0x1\r\n")]
    [InlineData("PUB a 1e1\r\n")]
    [InlineData("PUB a 2a\r\n")]
    [InlineData("PUB a r2\r\n")]
    [InlineData("PUB a 0000000002\r\nhi\r\n")]
    [InlineData("PUB a 1000000000\r\n")]
    [InlineData("PUB a 4294967298\r\nhi\r\n")]
    [InlineData("PUB a 18446744073709551618\r\nhi\r\n")]
    [InlineData("PUB a \xb2\r\n")]
    [InlineData("HPUB a x 2\r\n")]
    [InlineData("HPUB a -1 2\r\n")]
    [InlineData("HPUB a 2 x\r\n")]
    [InlineData("HPUB a 0000000002 2\r\n")]
    [InlineData("HPUB a 3 2\r\n")]
    [InlineData("HPUB a 999999999 999999998\r\n")]
    public void A_size_is_one_to_nine_digits_and_headers_fit_in_it(string input) => AssertError(ProtocolError.Violation, input);

    [Theory]
    [Trait("Safety", "PARSE-3")]
    [Trait("Safety", "PRE-2")]
    [InlineData("PUB a 1001\r\n")]
    [InlineData("PUB a 999999999\r\n")]
    [InlineData("PUB a r 1001\n")]
    [InlineData("HPUB a 12 1001\r\n")]
    [InlineData("HPUB a 1001 1001\r\n")]
    public void A_size_over_the_limit_is_refused_before_the_payload(string input) => AssertError(ProtocolError.MaxPayloadExceeded, input);

    [Fact]
    [Trait("Safety", "PARSE-3")]
    public void A_payload_as_large_as_the_limit_passes()
    {
        string payload = new('x', 1000);

        Assert.Equal($"PUB [a] [] [] [1000] 0 1000 [{payload}]\nleft 0", Readings.Whole($"PUB a 1000\r\n{payload}\r\n"));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData(" PING\r\n")]
    [InlineData("\tPING\r\n")]
    [InlineData("\0")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("MSG a 1 0\r\n\r\n")]
    [InlineData("HMSG a 1 0 0\r\n\r\n")]
    [InlineData("RS+ $G a\r\n")]
    [InlineData("PUB\r\n")]
    [InlineData("PUB\n")]
    [InlineData("PUB\0a 0\r\n\r\n")]
    [InlineData("PUB)a 0\r\n\r\n")]
    [InlineData("PUBX a 0\r\n\r\n")]
    [InlineData("HPUB\r\n")]
    [InlineData("HPUB0 a 0 0\r\n")]
    [InlineData("SUB\r\n")]
    [InlineData("SUBa 1\r\n")]
    [InlineData("UNSUB\r\n")]
    [InlineData("UNSU 1\r\n")]
    [InlineData("PIN\r\n")]
    [InlineData("PANG\r\n")]
    [InlineData("PONK\r\n")]
    [InlineData("\x10ING\r\n")]
    [InlineData("+O\r\n")]
    [InlineData("+KO\r\n")]
    [InlineData("\x0bOK\r\n")]
    [InlineData("-ERR\r\n")]
    [InlineData("-ERRx\r\n")]
    [InlineData("\rERR x\r\n")]
    [InlineData("INF {}\r\n")]
    [InlineData("CONNEC {}\r\n")]
    [InlineData("\xd0UB a 0\r\n\r\n")]
    public void A_line_that_is_no_operation_is_answered(string input) => AssertError(ProtocolError.UnknownOperation, input);

    [Theory]
    [InlineData("X")]
    [InlineData("PX")]
    [InlineData("PUX")]
    [InlineData("PUBX")]
    [InlineData("PUB\r")]
    [InlineData("HM")]
    [InlineData("CONNECX")]
    [InlineData("+K")]
    [InlineData("-ERR\r")]
    [InlineData(" ")]
    [InlineData("\r")]
    public void The_first_wrong_byte_of_a_verb_is_enough(string input) => AssertError(ProtocolError.UnknownOperation, input);

    [Theory]
    [InlineData("")]
    [InlineData("p")]
    [InlineData("PU")]
    [InlineData("PUB")]
    [InlineData("PUB \t")]
    [InlineData("PUB a b c d e f")]
    [InlineData("hpu")]
    [InlineData("UNSUB")]
    [InlineData("connec")]
    [InlineData("CONNECT")]
    [InlineData("CONNECT [")]
    [InlineData("+")]
    [InlineData("+OK")]
    [InlineData("-ERR")]
    [InlineData("-ERR x")]
    [InlineData("PING\r")]
    [InlineData("PUB a 5\r\n")]
    [InlineData("PUB a 5\r\nhello")]
    [InlineData("PUB a 5\r\nhello\r")]
    [InlineData("HPUB a 2 5\r\nhello")]
    public void An_unfinished_command_waits_untouched(string input)
    {
        Assert.Equal($"left {input.Length}", Readings.Whole(input));
        Assert.Equal($"Pong\nleft {input.Length}", Readings.Whole("PONG\r\n" + input));
    }

    [Theory]
    [InlineData("PUB a 2\r\nhi\n")]
    [InlineData("PUB a 2\r\nhiX\r\n")]
    [InlineData("PUB a 2\r\nhi\rX")]
    [InlineData("PUB a 2\r\nh\r\nPING\r\n")]
    [InlineData("PUB a 0\r\nX")]
    [InlineData("PUB a 2\r\nhi ")]
    [InlineData("HPUB a 0 2\r\nhi\n\n")]
    public void A_payload_not_ended_by_CR_LF_is_not_delivered(string input) => AssertError(ProtocolError.UnknownOperation, input);

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(66)]
    public void A_line_of_about_64_bytes_is_read_by_either_path(int length)
    {
        string subject = new('a', length - "PUB  2\r\n".Length);
        string line = $"PUB {subject} 2\r\n";

        Assert.Equal($"left {length - 1}", Readings.Whole(line[..^1]));
        Assert.Equal($"left {length}", Readings.Whole(line));
        Assert.Equal($"PUB [{subject}] [] [] [2] 0 2 [hi]\nleft 0", Readings.Whole(line + "hi\r\n"));
    }

    [Theory]
    [InlineData("PUB a 2\r\n", "PUB [a] [] [] [2] 0 2 [%]")]
    [InlineData("pub a.b.c reply 02\r\n", "PUB [a.b.c] [reply] [] [02] 0 2 [%]")]
    [InlineData("PUB 0123456789012345678901234567890123456789012345678901 2\r\n", "PUB [0123456789012345678901234567890123456789012345678901] [] [] [2] 0 2 [%]")]
    public void The_same_line_again_has_a_body_of_its_own(string line, string read)
    {
        string[] bodies = ["hi", "\r\n", "yo", "  ", "PU"];
        string rest = new string(' ', 80) + "PING\r\n"; // a line of more than 64 bytes behind them: all of them are read by one look

        string input = string.Concat(bodies.Select(body => $"{line}{body}\r\n"));

        Assert.Equal(
            string.Concat(bodies.Select(body => read.Replace("%", body, StringComparison.Ordinal) + "\n")) + nameof(ProtocolError.UnknownOperation),
            Readings.Whole(input + rest));
    }

    [Theory]
    [InlineData("PUB a 2\r\nhi\r\nPUB a 22\r\n0123456789012345678901\r\n", "PUB [a] [] [] [22] 0 22 [0123456789012345678901]")]
    [InlineData("PUB a 2\r\nhi\r\nPUB a  2\r\nhi\r\n", "PUB [a] [] [] [2] 0 2 [hi]")]
    [InlineData("PUB a 2\r\nhi\r\nPUB b 2\r\nhi\r\n", "PUB [b] [] [] [2] 0 2 [hi]")]
    [InlineData("PUB a 2\r\nhi\r\nHPUB a 0 3\r\nhey\r\nPUB a 2\r\nhi\r\n", "PUB [a] [] [] [2] 0 2 [hi]")]
    [InlineData("PUB a 2\r\nhi\r\nPUB a 1\t2\r\nhi\r\nPUB a 2\r\nhi\r\n", "PUB [a] [] [] [2] 0 2 [hi]")]
    public void A_line_that_differs_is_read_anew(string input, string last)
    {
        string rest = string.Concat(Enumerable.Repeat("PING\r\n", 12));

        string[] read = Readings.Whole(input + rest).Split('\n');

        Assert.Equal([last, "Ping"], read[^14..^12]);
    }

    [Fact]
    public void The_same_line_again_with_a_body_that_does_not_end_is_refused() =>
        Assert.Equal("PUB [a] [] [] [2] 0 2 [hi]\nUnknownOperation", Readings.Whole("PUB a 2\r\nhi\r\nPUB a 2\r\nhello\r\n" + new string('x', 80)));

    [Theory]
    [InlineData("-ERR x\r\n")]
    [InlineData("-err 'Something'\n")]
    [InlineData("-ERR \r\n")]
    public void An_error_from_the_client_ends_without_a_word(string input) => AssertError(ProtocolError.ClientReportedError, input);

    [Theory]
    [InlineData("HPUB a 12 12\r\n")]
    [InlineData("HPUB nonsense\r\n")]
    [InlineData("HPUB a 12 1001\r\n")]
    public void Headers_without_negotiation_end_without_a_word(string input) =>
        Assert.Equal("Violation", Readings.Whole(input, acceptsHeaders: false));

    [Fact]
    public void Headers_can_be_negotiated_between_two_reads()
    {
        var input = new ReadOnlySequence<byte>(Readings.Bytes("CONNECT {}\r\nHPUB a 0 0\r\n\r\n"));
        var reader = new CommandReader(input, Readings.Limits, acceptsHeaders: false);

        Assert.True(reader.TryRead());
        reader.AcceptsHeaders = true;

        Assert.True(reader.TryRead());
        Assert.Equal(CommandKind.HeaderPublish, reader.Kind);
    }

    [Theory]
    [InlineData("INFO\r\n")]
    [InlineData("INFO []\r\n")]
    [InlineData("INFO {\r\n")]
    [InlineData("INFO {} x\r\n")]
    public void An_INFO_that_is_no_JSON_object_ends_without_a_word(string input) => AssertError(ProtocolError.Violation, input);

    [Theory]
    [Trait("Safety", "PARSE-1")]
    [InlineData("PUB ", "1", "x 10\r\n0123456789\r\n")]
    [InlineData("HPUB \t ", "1", "x 2 10\r\n0123456789\r\n")]
    [InlineData("SUB ", "a", " 1\r\n")]
    [InlineData("SUB ", "a", " 1  \n")]
    [InlineData("UNSUB ", "a", " 1\n")]
    [InlineData("CONNECT ", "x", "\r\n")]
    [InlineData("CONNECT", "x", "\r\n")]
    [InlineData("INFO  ", "{}", " \r\n")]
    [InlineData("PING", "x", "\r\n")]
    [InlineData("PONG", " ", "\n")]
    [InlineData("+OK", "y", "\r\n")]
    public void An_argument_as_long_as_the_limit_passes_and_one_byte_more_does_not(string verb, string fill, string end)
    {
        int ending = end.IndexOf('\r') < 0 ? end.IndexOf('\n') : end.IndexOf('\r');
        string longest = fill.PadRight(128 - ending, fill == "{}" ? ' ' : fill[0]);

        Assert.EndsWith("left 0", Readings.Whole(verb + longest + end));
        Assert.Equal("MaxControlLineExceeded", Readings.Whole(verb + longest + fill[0] + end));
        Assert.Equal($"left {verb.Length + 129}", Readings.Whole(verb + longest + end[..ending] + "\r"));
        Assert.Equal("MaxControlLineExceeded", Readings.Whole(verb + longest + end[..ending] + "x"));
    }

    [Theory]
    [Trait("Safety", "PARSE-1")]
    [Trait("Safety", "PRE-3")]
    [InlineData("PUB ")]
    [InlineData("SUB ")]
    [InlineData("CONNECT ")]
    [InlineData("CONNECT")]
    [InlineData("-ERR ")]
    [InlineData("PING")]
    [InlineData("+OK")]
    public void A_line_that_only_grows_is_cut_at_the_limit(string verb)
    {
        Assert.Equal("MaxControlLineExceeded", Readings.Whole(verb + new string('x', 129)));
        Assert.Equal("MaxControlLineExceeded", Readings.Whole(verb + new string(' ', 130)));
        Assert.Equal("MaxControlLineExceeded", Readings.Whole(verb + new string(' ', 130) + "x\r\n"));
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    [Trait("Safety", "PARSE-1")]
    public void The_default_limit_is_that_of_the_reference_server(int argument, bool passes)
    {
        string line = $"SUB {new string('a', argument - 2)} 1\r\n";

        string read = Readings.Whole(line, limits: new ParserLimits());

        Assert.Equal(passes, read.EndsWith("left 0", StringComparison.Ordinal));
        Assert.Equal(!passes, read == "MaxControlLineExceeded");
    }

    [Fact]
    public void A_lower_limit_holds_for_short_lines_too()
    {
        string input = "PUB abcdefghijklmnop 2\r\nhi\r\n" + Padding;

        Assert.Equal("MaxControlLineExceeded", Readings.Whole(input, limits: new ParserLimits(MaxControlLine: 16)));
    }

    [Fact]
    [Trait("Safety", "PRE-3")]
    public void One_read_takes_one_command()
    {
        var reader = new CommandReader(new(Readings.Bytes("CONNECT {}\r\nSUB a 1\r\nPING\r\n")), Readings.Limits, acceptsHeaders: false);

        Assert.True(reader.TryRead());

        Assert.Equal(CommandKind.Connect, reader.Kind);
        Assert.Equal("CONNECT {}\r\n".Length, reader.Consumed);
    }

    [Fact]
    [Trait("Safety", "PRE-2")]
    [Trait("Safety", "PARSE-4")]
    public void A_declared_size_takes_no_memory()
    {
        var input = new ReadOnlySequence<byte>(Readings.Bytes("PUB a 60000000\r\nx"));
        var limits = new ParserLimits(MaxPayload: 64 * 1024 * 1024);
        Read(input, limits);

        long before = GC.GetAllocatedBytesForCurrentThread();
        bool read = Read(input, limits);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.False(read);

        static bool Read(ReadOnlySequence<byte> input, ParserLimits limits) => new CommandReader(input, limits, acceptsHeaders: false).TryRead();
    }

    [Fact]
    [Trait("Safety", "PARSE-6")]
    [Trait("Safety", "PARSE-9")]
    public void An_error_says_nothing_of_the_input()
    {
        var malformed = Assert.Throws<ProtocolException>(() => Read("CANARY-7f3a x\r\n"));

        Assert.Equal("UnknownOperation", malformed.Message);
        Assert.DoesNotContain("CANARY", malformed.ToString(), StringComparison.Ordinal);

        static void Read(string input) => new CommandReader(new(Readings.Bytes(input)), Readings.Limits, acceptsHeaders: true).TryRead();
    }

    private static void AssertError(ProtocolError error, string input)
    {
        Assert.Equal(error.ToString(), Readings.Whole(input));
        Assert.Equal($"Pong\n{error}", Readings.Whole("PONG\r\n" + input));
        if (input.EndsWith('\n'))
        {
            Assert.Equal(error.ToString(), Readings.Whole(input + Padding));
        }
    }
}
