using NatsKestrel.Broker.Transport;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

/// <summary>When a read loop lets others have its thread.</summary>
public sealed class TurnTests
{
    [Fact]
    [Trait("Safety", "SLOW-5")]
    [Trait("Safety", "F-2")]
    public async Task Others_have_a_turn_between_parts_of_one_read_that_deliver_very_much()
    {
        await using var broker = new TestBroker();
        TestClient receiver = await broker.ConnectAsync();
        await receiver.SendAsync(string.Concat(Enumerable.Range(1, 200).Select(sid => $"SUB a {sid}\r\n")));
        await receiver.RoundTripAsync();
        var transport = new TurnTakingConnection();
        TestClient publisher = broker.Accept(transport);
        await publisher.SendAsync("CONNECT {\"verbose\":false}\r\n");

        // One read of 64 KiB, of which deliveries of 12 MiB come.
        await publisher.SendAsync(string.Concat(Enumerable.Repeat($"PUB a 8000\r\n{new string('x', 8000)}\r\n", 8)));

        Assert.InRange(transport.Turns, 2, 8);
        Assert.Equal(1600, receiver.Connection.OutMessages);
    }

    private sealed class TurnTakingConnection : InMemoryConnection, ITurnTaker
    {
        private int _turns;

        public int Turns => Volatile.Read(ref _turns);

        public void TakeTurn(IThreadPoolWorkItem work)
        {
            Interlocked.Increment(ref _turns);
            PoolTurns.Instance.TakeTurn(work);
        }
    }
}
