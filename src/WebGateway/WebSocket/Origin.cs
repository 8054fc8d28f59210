using System.Net;
using Microsoft.AspNetCore.Http;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>Where a web page came from: scheme, host and port as one.</summary>
internal readonly record struct Origin(string Scheme, string Host, int Port)
{
    /// <summary>True for <c>localhost</c> and the loopback addresses.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>True where the host is an address: no name that somebody else's DNS could bend.</summary>
    public bool IsAddress => IPAddress.TryParse(Host.Trim('[', ']'), out _);

    /// <summary>Reads the header; <c>null</c>, as sandboxed pages send it, is none.</summary>
    public static bool TryParse(string text, out Origin origin)
    {
        origin = default;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0 || uri.PathAndQuery is not ("/" or "") || uri.UserInfo.Length > 0)
        {
            return false;
        }

        origin = new Origin(uri.Scheme, uri.Host.ToLowerInvariant(), uri.Port);
        return true;
    }

    /// <summary>The origin of pages that the requested address itself would serve.</summary>
    public static Origin Of(HttpRequest request) => new(
        request.Scheme, request.Host.Host.ToLowerInvariant(), request.Host.Port ?? (request.IsHttps ? 443 : 80));
}
