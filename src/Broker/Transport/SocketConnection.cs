using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace NatsKestrel.Broker.Transport;

/// <summary>An accepted socket as Kestrel's middleware and handlers know connections.</summary>
internal sealed class SocketConnection : ConnectionContext, IDuplexPipe, ITurnTaker
{
    private readonly Socket _socket;
    private readonly SocketSignals _signals;
    private readonly Lock _gate = new(); // guards _closed and _isDisposed
    private CancellationTokenSource? _closed;
    private bool _isDisposed;
    private string? _id;

    public SocketConnection(Socket socket, SocketSignals signals, BlockPool pool)
    {
        _socket = socket;
        _signals = signals;
        Input = new SocketPipeReader(socket, signals, pool);
        Output = new SocketPipeWriter(socket, signals);
        Transport = this;
        LocalEndPoint = Unmapped(socket.LocalEndPoint);
        RemoteEndPoint = Unmapped(socket.RemoteEndPoint);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _id ??= Guid.NewGuid().ToString("N");
        set => _id = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get => field ??= new ConnectionItems(); set; }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get
        {
            lock (_gate)
            {
                _closed ??= new CancellationTokenSource();
                if (_isDisposed)
                {
                    _closed.Cancel();
                }

                return _closed.Token;
            }
        }

        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public void TakeTurn(IThreadPoolWorkItem work) => _signals.TakeTurn(work);

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => Close(discard: true);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Close(discard: false);
        Input.Complete();
        return base.DisposeAsync();
    }

    // A listener for both families sees IPv4 peers as ::ffff:a.b.c.d; logs and monitoring show a.b.c.d, as nats-server's do.
    private static EndPoint? Unmapped(EndPoint? endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : endPoint;

    private void Close(bool discard)
    {
        CancellationTokenSource? closed;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            closed = _closed;
        }

        Output.Complete();
        if (discard)
        {
            // Linger 0 makes the kernel drop what it holds for a peer that does not read.
            _socket.Close(0);
        }
        else
        {
            EndPolitely();
        }

        _signals.Close();
        closed?.Cancel();
    }

    private void EndPolitely()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The peer was faster.
        }

        _socket.Dispose();
    }
}
