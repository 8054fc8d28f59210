using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Logging;

/// <summary>Lines to syslog, as Go's library writes them (RFC 3164): the system's own socket, or a server over UDP, TCP or a Unix socket.</summary>
/// <remarks>By hand, because what packages there are hang on a logging framework of their own, and this is one datagram a line.</remarks>
internal sealed class SyslogTarget : ILogTarget
{
    private const int DaemonFacility = 3 << 3;
    private const int DefaultPort = 514;
    private static readonly string[] LocalSockets = ["/dev/log", "/var/run/syslog", "/var/run/log"];

    private readonly string _tag = $"{Path.GetFileNameWithoutExtension(Environment.ProcessPath) ?? "nats-server"}[{Environment.ProcessId}]";
    private readonly Uri? _server;
    private Socket? _socket;

    /// <summary>Connects.</summary>
    /// <param name="address">Empty for the system's own.</param>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public SyslogTarget(string address)
    {
        _server = address.Length > 0 ? new Uri(address) : null;
        _socket = Connect();
    }

    /// <inheritdoc/>
    public void Write(LogLevel level, string text, DateTimeOffset time)
    {
        byte[] line = Encoding.UTF8.GetBytes(Format(level, text, time));
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                (_socket ??= Connect()).Send(line);
                return;
            }
            catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
            {
                // The syslog server was started anew, perhaps: once more with a new socket, then this line is lost.
                _socket?.Dispose();
                _socket = null;
            }
        }
    }

    public void Dispose() => _socket?.Dispose();

    private static int Severity(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => 7,
        LogLevel.Information => 5,
        LogLevel.Warning => 4,
        LogLevel.Error => 3,
        _ => 2,
    };

    private string Format(LogLevel level, string text, DateTimeOffset time)
    {
        string priority = $"<{DaemonFacility | Severity(level)}>";
        return _server is null
            ? string.Create(CultureInfo.InvariantCulture, $"{priority}{time.LocalDateTime:MMM dd HH:mm:ss} {_tag}: {text}\n")
            : string.Create(CultureInfo.InvariantCulture, $"{priority}{time.ToLocalTime():yyyy-MM-ddTHH:mm:sszzz} {Environment.MachineName} {_tag}: {text}\n");
    }

    private Socket Connect()
    {
        try
        {
            return _server is null ? ConnectLocal() : _server.Scheme switch
            {
                "udp" => Connected(new Socket(SocketType.Dgram, ProtocolType.Udp)),
                "tcp" => Connected(new Socket(SocketType.Stream, ProtocolType.Tcp)),
                "unix" => ConnectTo(_server.AbsolutePath, SocketType.Stream),
                _ => ConnectTo(_server.AbsolutePath, SocketType.Dgram),
            };
        }
        catch (SocketException exception)
        {
            throw new IOException($"Could not connect to syslog: {exception.Message}", exception);
        }
    }

    private Socket Connected(Socket socket)
    {
        socket.Connect(_server!.Host, _server.Port > 0 ? _server.Port : DefaultPort);
        return socket;
    }

    private static Socket ConnectLocal() => ConnectTo(LocalSockets.FirstOrDefault(File.Exists) ?? LocalSockets[0], SocketType.Dgram);

    private static Socket ConnectTo(string path, SocketType type)
    {
        var socket = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }
}
