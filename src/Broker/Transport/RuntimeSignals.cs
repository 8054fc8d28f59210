using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace NatsKestrel.Broker.Transport;

/// <summary>Signals by the runtime's own asynchronous sockets: on every system that has no <see cref="SocketLoop"/>.</summary>
internal sealed class RuntimeSignals(Socket socket) : SocketSignals
{
    /// <inheritdoc/>
    public override bool TakesTurns => false;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WaitForDataAsync(bool mayBeThere) =>
        // A receive into no room completes when there is data (or the end, or an error), and needs no block until then.
        await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);

    /// <inheritdoc/>
    public override ValueTask<int> SendWhenPossibleAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None);

    /// <inheritdoc/>
    public override void TakeTurn(IThreadPoolWorkItem work) => PoolTurns.Instance.TakeTurn(work);

    /// <inheritdoc/>
    public override void WakeReader()
    {
        try
        {
            // The only way to wake a pending receive without a cancellation token, which would cost every read an allocation.
            socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Already gone: the pending receive has ended by itself.
        }
    }

    /// <inheritdoc/>
    public override void Close()
    {
        // Closing the socket ends its operations.
    }
}
