using System.Text;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Protocol;

public class CommandReaderFuzzTests(ITestOutputHelper output)
{
    private const int Streams = 4000;

    private static readonly string[] Pieces =
    [
        "PUB a 2\r\nhi\r\n", "PUB a.b reply 5\r\nhello\r\n", "pub bench.subject 0\n\r\n", "HPUB a 2 4\r\nabcd\r\n", "HPUB a r 0 0\r\n\r\n",
        "SUB a 1\r\n", "SUB a.> q 22\n", "UNSUB 1\r\n", "UNSUB 1 9\r\n", "PING\r\n", "PONG\r\n", "+OK\r\n", "CONNECT {\"echo\":false}\r\n", "INFO {}\r\n",
        "-ERR x\r\n", "MSG a 1 0\r\n\r\n", "PUB", "HPUB ", " ", "\t", "\r", "\n", "\r\n", "0", "9", "1001", "999999999", "9999999999", "\0", "\xff",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];

    /// <summary>
    /// Only <see cref="ProtocolException"/> comes out of any input, and however it is cut it reads the same; the checks on
    /// <see cref="CommandReader.Consumed"/> stand in <see cref="Readings"/>.
    /// </summary>
    [Fact]
    [Trait("Safety", "PARSE-5")]
    public void Mutated_streams_read_the_same_however_they_are_cut()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);

        for (int i = 0; i < Streams; i++)
        {
            byte[] input = Mutate(random, Compose(random));
            bool acceptsHeaders = random.Next(8) > 0;
            string expected = Readings.Whole(Encoding.Latin1.GetString(input), acceptsHeaders);

            int first = random.Next(input.Length + 1);
            int second = random.Next(first, input.Length + 1);
            AssertSame(expected, Readings.Cut(input, acceptsHeaders, first, second), input, seed);
            AssertSame(expected, Readings.Arriving(input, acceptsHeaders, random.Next(1, 9)), input, seed);
        }
    }

    private static byte[] Compose(Random random)
    {
        var stream = new StringBuilder();
        for (int count = random.Next(1, 10); count > 0; count--)
        {
            // The legal ones stand first: most streams should get somewhere before they fail.
            // Repeated now and then: a line that is the same as the one before is read by a way of its own.
            stream.Insert(stream.Length, Pieces[random.Next(random.Next(4) > 0 ? 14 : Pieces.Length)], random.Next(4) > 0 ? 1 : random.Next(2, 9));
        }

        return Readings.Bytes(stream.ToString());
    }

    private static byte[] Mutate(Random random, byte[] stream)
    {
        var bytes = stream.ToList();
        for (int count = random.Next(4); count > 0 && bytes.Count > 1; count--)
        {
            int at = random.Next(bytes.Count);
            byte value = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)" \t\r\n0129PHa"[random.Next(11)];
            switch (random.Next(4))
            {
                case 0: bytes[at] = value; break;
                case 1: bytes.Insert(at, value); break;
                case 2: bytes.RemoveAt(at); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }

    private static void AssertSame(string expected, string actual, byte[] input, int seed)
    {
        if (expected != actual)
        {
            Assert.Fail($"Seed {seed}, input {GoQuote.Text(input)}:\n{expected}\n-- but cut:\n{actual}");
        }
    }
}
