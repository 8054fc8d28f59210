using System.Buffers;
using System.Text;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public class AllocationTests
{
    private const int Reads = 100;

    [Theory]
    [InlineData("PUB a 16\r\n0123456789abcdef\r\n", "SUB a 1\r\n")]
    [InlineData("PUB a.b.c 16\r\n0123456789abcdef\r\n", "SUB a.> 1\r\nSUB a.*.c 2\r\n")]
    [InlineData("PUB a reply 16\r\n0123456789abcdef\r\n", "SUB a 1\r\nSUB reply 2\r\n")]
    [InlineData("HPUB a 12 16\r\nNATS/1.0\r\n\r\nabcd\r\n", "SUB a 1\r\n")]
    [InlineData("HPUB a 42 46\r\nNATS/1.0\r\nNats-Msg-Id: 1\r\nX-Trace: abc\r\n\r\nabcd\r\n", "SUB a 1\r\n")]
    [InlineData("PUB a 16\r\n0123456789abcdef\r\n", "SUB a q 1\r\nSUB a q 2\r\nSUB a r 3\r\n")]
    [InlineData("PUB nobody 16\r\n0123456789abcdef\r\n", "SUB a 1\r\n")]
    [InlineData("PING\r\n", "SUB a 1\r\n")]
    public Task Reading_matching_delivering_and_flushing_a_message_allocates_nothing(string command, string subscriptions) =>
        AssertAllocatesNothingAsync(command, subscriptions, messagesPerRead: 100);

    [Fact]
    public Task A_message_that_is_read_and_flushed_alone_allocates_nothing() =>
        AssertAllocatesNothingAsync("PUB a 16\r\n0123456789abcdef\r\n", "SUB a 1\r\n", messagesPerRead: 1);

    [Theory]
    [InlineData("PUB a.b 16\r\n0123456789abcdef\r\n", "SUB a.b 1\r\n")]
    [InlineData("PUB a.b 16\r\n0123456789abcdef\r\n", "SUB a.> 1\r\nSUB a.* q 2\r\n")]
    [InlineData("PUB map.x.y 16\r\n0123456789abcdef\r\n", "SUB a.> 1\r\n")]
    public Task Permissions_filtered_deliveries_and_mappings_allocate_nothing(string command, string subscriptions)
    {
        var permissions = new PermissionOptions
        {
            Publish = new SubjectPermissionOptions { Allow = ["a.>", "b"], Deny = ["a.no"] },
            Subscribe = new SubjectPermissionOptions { Allow = ["a.>"], Deny = ["a.secret"] },
        };
        return AssertAllocatesNothingAsync(command, subscriptions, messagesPerRead: 100, new NatsBrokerOptions
        {
            NoAuthUser = "guest",
            Authorization = { Users = [new UserOptions { User = "guest", Permissions = permissions }] },
            Mappings = [new MappingOptions { Source = "map.*.*", Destinations = [new MappingDestinationOptions { Destination = "a.$2.{{partition(8,1)}}" }] }],
        });
    }

    internal static async Task AssertAllocatesNothingAsync(string command, string subscriptions, int messagesPerRead, NatsBrokerOptions? options = null)
    {
        await using var broker = new TestBroker(guards: false, options: options);
        var scripted = new ScriptedWriter { KeepsBytes = false };
        TestClient receiver = broker.Accept(new InMemoryConnection { Output = scripted });
        await receiver.SendAsync("CONNECT {\"verbose\":false,\"headers\":true}\r\n" + subscriptions);
        TestClient publisher = broker.Accept(new InMemoryConnection { Output = new ScriptedWriter { KeepsBytes = false } });
        var output = new Publisher(publisher.Connection);
        var commands = new ClientCommands(publisher.Connection, output, broker.Services);
        Execute(commands, "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true}\r\n");
        var input = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(command, messagesPerRead))));
        Run(publisher, commands, output, input);

        // The compiler and the pools warm up in their own time: what a run cannot do without shows in the best of a few.
        long allocated = long.MaxValue;
        for (int run = 0; run < 5; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(publisher, commands, output, input);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated);
    }

    private static void Run(TestClient publisher, ClientCommands commands, Publisher output, ReadOnlySequence<byte> input)
    {
        for (int i = 0; i < Reads; i++)
        {
            ReadOnlySequence<byte> unread = input;
            commands.Execute(ref unread);
            output.Batch.Flush();
            publisher.Connection.Flush();
        }
    }

    private static void Execute(ClientCommands commands, string text)
    {
        var unread = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(text));
        commands.Execute(ref unread);
    }
}
