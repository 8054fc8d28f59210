using System.Net.Sockets;

namespace NatsKestrel.Broker;

/// <summary>The server could not start for a reason its operator can mend; the message is one line that says how.</summary>
/// <remarks>Bad settings are an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> instead, as of any options.</remarks>
public sealed class ServerStartException : Exception
{
    /// <summary>Makes one without a reason; prefer those that give one.</summary>
    public ServerStartException()
        : this("The server could not start.")
    {
    }

    /// <summary>Makes one from the line that the operator reads.</summary>
    public ServerStartException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one from the line that the operator reads and what lies behind it.</summary>
    public ServerStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The address that could not be bound; null where that was not the reason.</summary>
    internal string? Address { get; private init; }

    /// <summary>True where it was that of WebSocket clients.</summary>
    internal bool IsWebSocket { get; private init; }

    /// <summary>A port could not be opened.</summary>
    /// <param name="host">As it is set.</param>
    /// <param name="port">As it is set.</param>
    /// <param name="cause">What the system said.</param>
    /// <param name="section">Where host and port are set.</param>
    internal static ServerStartException CannotListen(string host, int port, Exception cause, string section = "Nats")
    {
        string address = host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";
        string advice = FindSocketError(cause) == SocketError.AddressNotAvailable
            ? $"Set another address with {section}:Host (environment {Variable(section)}__Host)."
            : $"Set another port with {section}:Port (environment {Variable(section)}__Port).";
        return new ServerStartException($"Cannot listen on {address}: {Reason(cause)}. {advice}", cause) { Address = $"{host}:{port}", IsWebSocket = section == "Nats:WebSocket" };
    }

    /// <summary>Why an address could not be opened, to end a sentence with.</summary>
    internal static string Reason(Exception cause) => FindSocketError(cause) switch
    {
        SocketError.AddressAlreadyInUse => "the address is already in use",
        SocketError.AccessDenied => "this user may not open it, as is usual for ports below 1024",
        SocketError.AddressNotAvailable => "this machine has no such address",
        SocketError.AddressFamilyNotSupported => "this machine does not speak that kind of address",
        _ => cause.Message.TrimEnd('.'),
    };

    /// <summary>What the system said, however deep it lies; null where it was no socket that failed.</summary>
    internal static SocketError? FindSocketError(Exception? cause) => cause switch
    {
        null => null,
        SocketException socket => socket.SocketErrorCode,
        Microsoft.AspNetCore.Connections.AddressInUseException => SocketError.AddressAlreadyInUse,
        _ => FindSocketError(cause.InnerException),
    };

    private static string Variable(string section) => section.Replace(":", "__", StringComparison.Ordinal);
}
