using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;

namespace NatsKestrel.LoadGenerator;

/// <summary>A connection to a server, past its handshake.</summary>
internal sealed class Client : IDisposable
{
    private const int Timeout = 30_000;

    private readonly Server _server;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Frames? _frames;
    private readonly SslStream? _tls;

    /// <summary>Connects, and returns when the server has answered.</summary>
    public Client(Server server)
    {
        _server = server;
        Socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = Timeout, SendTimeout = Timeout };
        try
        {
            Socket.Connect(server.Address.Host, server.Address.Port < 0 ? 4222 : server.Address.Port);
        }
        catch (SocketException exception)
        {
            throw new LoadException($"{server.Name}: cannot connect to {server.Address.Host}:{server.Address.Port}: {exception.Message}", exception);
        }

        if (server.IsWebSocket)
        {
            Upgrade();
            _frames = new Frames();
        }

        Dialect dialect = server.Dialect;
        if (dialect.Greeting.Length > 0)
        {
            ReadUntil(dialect.Greeting);
        }

        if (server.IsTls)
        {
            _tls = Encrypt();
        }

        Execute(dialect.Connect(Credentials()));
    }

    public Socket Socket { get; }

    /// <summary>Sends lines, and returns when the server has executed them.</summary>
    public void Execute(string lines)
    {
        Send(_server.Encode(lines + _server.Dialect.Ping));
        ReadUntil(_server.Dialect.Pong);
    }

    /// <summary>Sends what was encoded for the server.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _tls?.Write(bytes);
            while (_tls is null && !bytes.IsEmpty)
            {
                bytes = bytes[Socket.Send(bytes)..];
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            throw new LoadException($"{_server.Name}: {exception.Message}", exception);
        }
    }

    /// <summary>Receives what is there, or waits for something.</summary>
    public int Receive(Span<byte> buffer)
    {
        int received;
        do
        {
            received = ReceiveRaw(buffer);
            received = _frames?.Strip(buffer[..received]) ?? received;
        }
        while (received == 0);

        return received;
    }

    // Whose certificate it is does not matter here: what is sent is no secret.
    private SslStream Encrypt()
    {
        var tls = new SslStream(new NetworkStream(Socket), leaveInnerStreamOpen: false, static (_, certificate, _, _) => certificate is not null);
        try
        {
            tls.AuthenticateAsClient(_server.Address.Host);
            return tls;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            throw new LoadException($"{_server.Name}: TLS failed: {exception.Message}", exception);
        }
    }

    private int ReceiveRaw(Span<byte> buffer)
    {
        if (_tls is not null)
        {
            return ReceiveDecrypted(_tls, buffer);
        }

        int received = Socket.Receive(buffer, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success when received > 0 => received,
            SocketError.Success => throw new LoadException($"{_server.Name}: the server closed a connection."),
            SocketError.TimedOut or SocketError.WouldBlock => throw new LoadException($"{_server.Name}: nothing came for {Timeout / 1000} seconds."),
            _ => throw new LoadException($"{_server.Name}: {error}."),
        };
    }

    private int ReceiveDecrypted(SslStream tls, Span<byte> buffer)
    {
        try
        {
            int received = tls.Read(buffer);
            return received > 0 ? received : throw new LoadException($"{_server.Name}: the server closed a connection.");
        }
        catch (IOException exception)
        {
            throw new LoadException($"{_server.Name}: {exception.Message}", exception);
        }
    }

    /// <summary>Receives one message of a known length, and answers a PING that comes instead.</summary>
    public void ReceiveMessage(int length)
    {
        int received = 0;
        while (received < length)
        {
            received += Receive(_buffer.AsSpan(received));
            if (received >= 6 && _buffer.AsSpan().StartsWith("PING\r\n"u8))
            {
                Send(_server.Encode(Dialect.Nats.Pong));
                _buffer.AsSpan(6, received - 6).CopyTo(_buffer);
                received -= 6;
            }
        }
    }

    public void ReadUntil(string text)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(text);
        int length = 0;
        while (true)
        {
            length += Receive(_buffer.AsSpan(length));
            if (_buffer.AsSpan(0, length).IndexOf(wanted) >= 0)
            {
                return;
            }

            if (_buffer.AsSpan(0, length).StartsWith(Encoding.ASCII.GetBytes(_server.Dialect.Error)))
            {
                throw new LoadException($"{_server.Name}: {Encoding.UTF8.GetString(_buffer, 0, length).Trim()}");
            }

            if (length > _buffer.Length / 2)
            {
                _buffer.AsSpan(length - wanted.Length, wanted.Length).CopyTo(_buffer);
                length = wanted.Length;
            }
        }
    }

    public void Dispose()
    {
        _tls?.Dispose();
        Socket.Dispose();
    }

    private void Upgrade()
    {
        string key = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
        Send(Encoding.ASCII.GetBytes(
            $"GET {(_server.IsHub ? "/hubs/nats" : "/")} HTTP/1.1\r\nHost: {_server.Address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"));

        // Byte by byte, because the first frame follows at once.
        int length = 0;
        while (!_buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            length += ReceiveRaw(_buffer.AsSpan(length, 1));
        }

        if (!_buffer.AsSpan().StartsWith("HTTP/1.1 101 "u8))
        {
            throw new LoadException($"{_server.Name}: {Encoding.UTF8.GetString(_buffer, 0, length).Trim()}");
        }
    }

    private string Credentials() => _server.Address.UserInfo.Split(':', 2) switch
    {
        [{ Length: > 0 } user, var password] => $",\"user\":\"{Json(user)}\",\"pass\":\"{Json(password)}\"",
        [{ Length: > 0 } token] => $",\"auth_token\":\"{Json(token)}\"",
        _ => "",
    };

    private static string Json(string text) => JsonEncodedText.Encode(Uri.UnescapeDataString(text)).ToString();
}
