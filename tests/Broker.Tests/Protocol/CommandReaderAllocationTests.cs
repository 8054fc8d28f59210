using System.Buffers;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Protocol;

public class CommandReaderAllocationTests
{
    private static readonly ParserLimits Limits = new();

    [Theory]
    [InlineData("PUB bench.subject 16\r\n0123456789abcdef\r\n")]
    [InlineData("PUB bench.subject _INBOX.1 2\nhi\r\n")]
    [InlineData("HPUB bench.subject 12 14\r\nNATS/1.0\r\n\r\nhi\r\n")]
    [InlineData("PING\r\n")]
    [InlineData("SUB a.b.c q 1\r\n")]
    [InlineData("UNSUB 1 5\r\n")]
    public void Reading_a_command_allocates_nothing(string command)
    {
        byte[] bytes = Readings.Bytes(string.Concat(Enumerable.Repeat(command, 100)));
        AssertAllocatesNothing(new ReadOnlySequence<byte>(bytes));
    }

    [Fact]
    public void Split_lines_and_payloads_allocate_nothing_once_the_pool_is_warm()
    {
        byte[] bytes = Readings.Bytes(string.Concat(Enumerable.Repeat("PUB bench.subject 4\r\nabcd\r\n", 100)));
        AssertAllocatesNothing(Readings.Chain(bytes, [.. Enumerable.Range(1, 200).Select(i => i * 13)]));
    }

    private static void AssertAllocatesNothing(ReadOnlySequence<byte> input)
    {
        Assert.Equal(100, Read(input));

        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(input);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int Read(ReadOnlySequence<byte> input)
    {
        int count = 0;
        var reader = new CommandReader(input, Limits, acceptsHeaders: true);
        while (reader.TryRead())
        {
            count++;
        }

        reader.Dispose();
        return count;
    }
}
