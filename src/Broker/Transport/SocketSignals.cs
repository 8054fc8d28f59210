using System.Net.Sockets;

namespace NatsKestrel.Broker.Transport;

/// <summary>Tells one connection when its socket has data, and when it takes some: by an event loop of ours, or by the runtime's.</summary>
internal abstract class SocketSignals
{
    /// <summary>True where every read must wait for its turn, even if data is there: that is how connections on one thread stay fair.</summary>
    public abstract bool TakesTurns { get; }

    /// <summary>Completes when a receive is worth trying. May complete for nothing.</summary>
    /// <param name="mayBeThere">True where the last receive filled its room, so that more is likely there already.</param>
    /// <exception cref="SocketException">The connection broke.</exception>
    public abstract ValueTask WaitForDataAsync(bool mayBeThere);

    /// <summary>Waits until the socket takes something, and sends as much as it takes.</summary>
    /// <returns>Bytes sent; 0 where it woke for nothing.</returns>
    /// <exception cref="SocketException">The connection broke.</exception>
    public abstract ValueTask<int> SendWhenPossibleAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Has the thread that signals do something soon, after others who are in line.</summary>
    public abstract void TakeTurn(IThreadPoolWorkItem work);

    /// <summary>Wakes a pending wait for data; to be called before the socket is closed, or when nobody wants to read any more.</summary>
    public abstract void WakeReader();

    /// <summary>Wakes whatever waits: the socket was closed.</summary>
    public abstract void Close();
}
