using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace NatsKestrel.Broker.Transport;

/// <summary>Signals by a <see cref="SocketLoop"/>: whoever is woken runs on the loop's thread, without a trip through the pool.</summary>
internal sealed class LoopSignals : SocketSignals
{
    // As many as a login takes, and a TLS handshake before it.
    private const int EventsOfNewcomers = 8;

    private readonly Socket _socket;
    private readonly SocketLoop _loop;
    private readonly Readiness _readable;
    private readonly Readiness _writable;
    private readonly int _slot;

    // By the loop's own thread alone.
    private int _events;
    private bool _isPostponed;
    private bool _isReadable;
    private bool _isWritable;
    private bool _isEnding;

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
    /// <returns>True where that may wait: <see cref="RunPostponed"/> does what is to be done.</returns>
    public bool OnEvents(bool isReadable, bool isWritable, bool isEnding)
    {
        _isReadable |= isReadable;
        _isWritable |= isWritable;
        _isEnding |= isEnding;
        if (_isPostponed)
        {
            return false;
        }

        if (isEnding || _events < EventsOfNewcomers)
        {
            _events++;
            return _isPostponed = true;
        }

        Run();
        return false;
    }

    /// <summary>Does what had to wait.</summary>
    public void RunPostponed()
    {
        _isPostponed = false;
        Run();
    }

    private void Run()
    {
        (bool isReadable, bool isWritable) = (_isReadable, _isWritable);
        (_isReadable, _isWritable) = (false, false);
        if (_isEnding)
        {
            _readable.SetOver();
        }

        if (isWritable)
        {
            _writable.Signal();
        }

        if (isReadable)
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
