using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Reads <see cref="NatsBrokerOptions.Host"/>.</summary>
internal static class ListenAddress
{
    /// <summary>The address to bind: <c>*</c> is every address of both families, <c>localhost</c> is 127.0.0.1.</summary>
    /// <returns>False where the text is none of these. Names are not looked up: an answer could change from start to start.</returns>
    public static bool TryParse(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        address = host switch
        {
            "*" => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            // A bare number is an address to .NET, but whoever writes one meant something else.
            _ when host.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(host, out var parsed) => parsed,
            _ => null,
        };
        return address is not null;
    }
}
