using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Transport;

/// <summary>Accepts TCP connections; survives running out of descriptors by waiting, longer each time.</summary>
internal sealed class SocketListener : IConnectionListener
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastBackOff = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly Func<Socket, SocketSignals> _signals;
    private readonly BlockPool _pool;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _unbound = new();

    public SocketListener(EndPoint endPoint, Func<Socket, SocketSignals> signals, BlockPool pool, TimeProvider time, ILogger logger)
    {
        _signals = signals;
        _pool = pool;
        _time = time;
        _logger = logger;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any))
        {
            _socket.DualMode = true;
        }

        try
        {
            _socket.Bind(endPoint);
            _socket.Listen(); // as many as the system lets wait: who finds the queue full comes again only after a second or more
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            _socket.Dispose();
            throw new AddressInUseException(exception.Message, exception);
        }

        EndPoint = _socket.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        TimeSpan backOff = FirstBackOff;
        while (!_unbound.IsCancellationRequested)
        {
            try
            {
                Socket accepted = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                if (TryWrap(accepted) is { } connection)
                {
                    return connection;
                }
            }
            catch (Exception exception) when (_unbound.IsCancellationRequested && exception is SocketException or ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception)
            {
                // A peer that left before it was accepted is not worth a pause; anything else (no descriptors left) is.
                if (exception.SocketErrorCode is not (SocketError.ConnectionReset or SocketError.ConnectionAborted))
                {
                    _logger.AcceptFailed(exception.SocketErrorCode, backOff);
                    await Task.Delay(backOff, _time, cancellationToken).ConfigureAwait(false);
                    backOff = backOff * 2 < LastBackOff ? backOff * 2 : LastBackOff;
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private SocketConnection? TryWrap(Socket accepted)
    {
        try
        {
            accepted.NoDelay = true;
            accepted.Blocking = false;
            return new SocketConnection(accepted, _signals(accepted), _pool);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It was reset between accept and here, or the server has stopped.
            accepted.Dispose();
            return null;
        }
    }
}
