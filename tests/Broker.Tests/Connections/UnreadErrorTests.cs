using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public class UnreadErrorTests
{
    [Theory]
    [Trait("Safety", "MEM-2")]
    [InlineData("SUB a..b 1\r\n")]
    [InlineData("PUB _GR_.x 0\r\n\r\n")]
    [InlineData("PING\r\n")]
    public async Task A_client_that_does_not_read_the_answers_it_provokes_is_cut_at_the_pending_limit(string provocation)
    {
        await using var broker = new TestBroker(settings => settings with { MaxPending = 16 * 1024 });
        TestClient client = await broker.ConnectAsync(clientRoom: 1024);
        string commands = string.Concat(Enumerable.Repeat(provocation, 5000));

        try
        {
            await client.SendAsync(commands);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or TimeoutException)
        {
            // The connection was cut before the server had read everything.
        }

        Assert.Equal(CloseReason.SlowConsumerPendingBytes, await client.EndedAsync());
    }

    [Fact]
    public async Task Errors_and_acknowledgements_come_in_the_order_of_the_commands()
    {
        await using var broker = new TestBroker();
        TestClient client = await broker.ConnectAsync();
        await client.SendAsync("CONNECT {\"verbose\":true,\"pedantic\":false}\r\nSUB a..b 1\r\nSUB a 2\r\nPUB _GR_.x 0\r\n\r\n");

        Assert.Equal(
            "+OK\r\n-ERR 'Invalid Subject'\r\n+OK\r\n-ERR 'Permissions Violation for Publish to \"_GR_.x\"'\r\n",
            await client.RoundTripAsync());
    }
}
