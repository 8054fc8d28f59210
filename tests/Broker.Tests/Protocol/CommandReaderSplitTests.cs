using System.Text;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Protocol;

[Trait("Safety", "PARSE-5")]
public class CommandReaderSplitTests
{
    private static readonly string Long = new('a', 126);

    /// <summary>Legal and malformed streams: every kind of command, and every error where it can be known early or late.</summary>
    public static TheoryData<string> Corpus =>
    [
        "CONNECT {\"verbose\":false}\r\nPING\r\nSUB a.b q 12\r\nUNSUB 12 3\r\nPONG\n+OK\r\nINFO {}\r\n",
        "PUB a 2\r\nhi\r\nPUB a.b r.1  5 \nhello\r\npub x 0\r\n\r\nPING\r\n",
        "HPUB a r 12 14\r\nNATS/1.0\r\n\r\nhi\r\nHPUB a 0 2\r\n\r\n\r\nPING\r\n",
        "PUB bench.subject _INBOX.reply 16\r\n0123456789abcdef\r\nPUB bench.subject 16\r\n0123456789abcdef\r\nPUB bench.subject 16\r\n01",
        "PUB a 2\r\nhiX\r\n",
        "PUB a 2\r\nhi\rX",
        "PUB a 2\r\nhi\n",
        "PUB a 1001\r\nx",
        "PUB a\r\n",
        "PUB\r\n",
        "PING\r\nPUB a b c d\r\nPING\r\n",
        "HPUB a 3 2\r\nab\r\n",
        "SUB a\r\n",
        "SUB \r\n",
        "UNSUB 1 x\r\nUNSUB\r\n",
        "PINGxx\r\r\nPONG \nPINK\r\n",
        "SUB a\rb 1\r\nHMSG a 1 0 0\r\n\r\n",
        "SUB a 1\r\n-ERR x\r\n",
        "-ERR\r\n",
        "INFO []\r\n",
        "CONNECT\r\nCONNECT{}\nCONNECTx",
        $"SUB {Long} 1\r\nPING\r\nSUB  {Long}  1\r\n",
        $"PING{Long}xx\r\nPING{Long}xxx\r\n",
        $"HPUB {Long}xxx",
        $"SUB {Long}{Long}{Long}",
        $"CONNECT {Long}\r\r\n",
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Two_pieces_read_as_one(string text)
    {
        byte[] input = Readings.Bytes(text);
        string expected = Readings.Whole(text);

        for (int cut = 0; cut <= input.Length; cut++)
        {
            Assert.Equal(expected, Readings.Cut(input, acceptsHeaders: true, cut));
        }
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Three_pieces_read_as_one(string text)
    {
        byte[] input = Readings.Bytes(text);
        string expected = Readings.Whole(text);

        // The long ones are long runs of one letter, and an error costs its stack trace: every third place is enough.
        int step = input.Length > 200 ? 3 : 1;
        for (int first = 0; first <= input.Length; first += step)
        {
            for (int second = first; second <= input.Length; second += step)
            {
                Assert.Equal(expected, Readings.Cut(input, acceptsHeaders: true, first, second));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void A_piece_for_each_byte_reads_as_one(string text)
    {
        byte[] input = Readings.Bytes(text);

        string read = Readings.Cut(input, acceptsHeaders: true, [.. Enumerable.Range(1, input.Length - 1)]);

        Assert.Equal(Readings.Whole(text), read);
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void What_arrives_slowly_reads_as_what_comes_at_once(string text)
    {
        byte[] input = Readings.Bytes(text);
        string expected = Readings.Whole(text);

        for (int step = 1; step < 12; step++)
        {
            Assert.Equal(expected, Readings.Arriving(input, acceptsHeaders: true, step));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    public void A_payload_whole_in_a_later_piece_is_one_span(int cut)
    {
        byte[] input = Readings.Bytes("PUB a 2\r\nhi\r\n");
        var sequence = Readings.Chain(input, cut);
        var reader = new CommandReader(sequence, Readings.Limits, acceptsHeaders: false);

        Assert.True(reader.TryRead());

        Assert.Equal("hi\r\n", Encoding.ASCII.GetString(reader.Message.Body));
        reader.Dispose();
    }
}
