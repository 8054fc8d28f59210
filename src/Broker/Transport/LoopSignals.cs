using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace NatsKestrel.Broker.Transport;

/// <summary>Signals by a <see cref="SocketLoop"/>: whoever is woken runs on the loop's thread, without a trip through the pool.</summary>
internal sealed class LoopSignals : SocketSignals
{
    // A login takes as many, after a TLS handshake.
    private const int ComingEvents = 8;

    private readonly Socket _socket;
    private readonly SocketLoop _loop;
    private readonly Readiness _readable;
    private readonly Readiness _writable;
    private readonly int _slot;
    private int _comingEvents = ComingEvents; // by the loop's own thread alone

    public LoopSignals(Socket socket, SocketLoop loop)
    {
        _socket = socket;
        _loop = loop;
        _readable = new Readiness(loop);
        _writable = new Readiness(loop);
        _slot = loop.Add(socket, this);
    }

    /// <inheritdoc/>
    public override bool TakesTurns => true;

    /// <summary>What the kernel reported.</summary>
    public void OnEvents(bool isReadable, bool isWritable, bool isEnding)
    {
        if (isEnding)
        {
            _readable.SetOver();
        }

        if (isWritable)
        {
            _writable.Signal();
        }

        if (isReadable && (isEnding || _comingEvents > 0))
        {
            _comingEvents--;
            _loop.PutBehind(_readable);
        }
        else if (isReadable)
        {
            _readable.Signal();
        }
    }

    /// <inheritdoc/>
    public override ValueTask WaitForDataAsync(bool mayBeThere) => _readable.WaitAsync(mayBeThere);

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> SendWhenPossibleAsync(ReadOnlyMemory<byte> bytes)
    {
        await _writable.WaitAsync(isReady: false).ConfigureAwait(false);
        int sent = _socket.Send(bytes.Span, SocketFlags.None, out SocketError error);
        return error is SocketError.Success or SocketError.WouldBlock ? sent : throw new SocketException((int)error);
    }

    /// <inheritdoc/>
    public override void TakeTurn(IThreadPoolWorkItem work) => _loop.Post(work);

    /// <inheritdoc/>
    public override void WakeReader() => _loop.Post(_readable);

    /// <inheritdoc/>
    public override void Close()
    {
        _loop.Remove(_slot);
        _readable.SetOver();
        _writable.SetOver();
        _loop.Post(_readable);
        _loop.Post(_writable);
    }
}
