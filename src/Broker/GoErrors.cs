using System.Net.Sockets;
using NatsKestrel.Broker.Configuration.NatsConf;

namespace NatsKestrel.Broker;

/// <summary>Words failures of files and sockets as nats-server does, since scripts look for its words.</summary>
internal static class GoErrors
{
    /// <summary>A file that could not be opened: <c>open /x: no such file or directory</c>.</summary>
    public static string Open(string path, Exception exception) => $"open {path}: {exception switch
    {
        UnauthorizedAccessException when Directory.Exists(path) => "is a directory",
        _ => ConfReading.Reason(exception),
    }}";

    /// <summary>An address that could not be bound: <c>listen tcp 127.0.0.1:4222: bind: address already in use</c>.</summary>
    public static string Listen(string address, Exception exception) => $"listen tcp {address}: bind: {ServerStartException.FindSocketError(exception) switch
    {
        SocketError.AddressAlreadyInUse => "address already in use",
        SocketError.AddressNotAvailable => "cannot assign requested address",
        SocketError.AccessDenied => "permission denied",
        _ => exception.Message,
    }}";
}
