using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>What a request to become a WebSocket asks for, and whether it may: in the order that nats-server 2.15.1 looks.</summary>
internal sealed class UpgradeRequest(HttpContext http)
{
    private const string NoMaskingHeader = "Nats-No-Masking";

    private readonly IHeaderDictionary _headers = http.Request.Headers;

    /// <summary>True for a WebSocket inside an HTTP/2 connection, which has other headers.</summary>
    public bool IsExtendedConnect { get; } = http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    /// <summary>True where the client sends its frames unmasked.</summary>
    public bool IsUnmasked => _headers[NoMaskingHeader].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>True where the client offers permessage-deflate, with whatever parameters.</summary>
    public bool OffersCompression => Tokens(_headers.SecWebSocketExtensions)
        .Any(extension => extension.Split(';')[0].Trim().Equals("permessage-deflate", StringComparison.OrdinalIgnoreCase));

    /// <summary>True for browsers.</summary>
    public bool IsBrowser => _headers.UserAgent.ToString().StartsWith("Mozilla/", StringComparison.Ordinal);

    /// <summary>The first rule that the request breaks, as HTTP status; 0 where it keeps to all of them.</summary>
    public int Check(OriginRules origins)
    {
        if (http.Request.Path.Value?.EndsWith("/mqtt", StringComparison.Ordinal) == true)
        {
            return StatusCodes.Status404NotFound;
        }

        if (!IsExtendedConnect)
        {
            if (!HttpMethods.IsGet(http.Request.Method))
            {
                return StatusCodes.Status405MethodNotAllowed;
            }

            if (!http.Request.Host.HasValue || !HasToken(_headers.Upgrade, "websocket") || !HasToken(_headers.Connection, "Upgrade") || !HasKey())
            {
                return StatusCodes.Status400BadRequest;
            }
        }

        if (!HasToken(_headers.SecWebSocketVersion, "13"))
        {
            return StatusCodes.Status400BadRequest;
        }

        return origins.Allows(http) ? 0 : StatusCodes.Status403Forbidden;
    }

    /// <summary>Writes the headers that accept it.</summary>
    /// <param name="withCompression">True where compression is agreed on.</param>
    /// <param name="more">Headers that the settings add.</param>
    public void Accept(bool withCompression, IEnumerable<KeyValuePair<string, string>> more)
    {
        IHeaderDictionary answer = http.Response.Headers;
        if (!IsExtendedConnect)
        {
            answer.Upgrade = "websocket";
            answer.Connection = HeaderNames.Upgrade;
            answer.SecWebSocketAccept = AcceptKey(_headers.SecWebSocketKey.ToString());
        }

        if (withCompression)
        {
            answer.SecWebSocketExtensions = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
        }

        if (IsUnmasked)
        {
            answer[NoMaskingHeader] = "true";
        }

        foreach ((string name, string value) in more)
        {
            answer[name] = value;
        }
    }

    private static bool HasToken(StringValues header, string token) =>
        Tokens(header).Any(candidate => candidate.Equals(token, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Tokens(StringValues header) =>
        header.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private bool HasKey()
    {
        Span<byte> key = stackalloc byte[24];
        return Convert.TryFromBase64String(_headers.SecWebSocketKey.ToString(), key, out int length) && length == 16;
    }

    // RFC 6455 prescribes SHA-1, as a mark of having understood, not for secrecy.
#pragma warning disable CA5350
    private static string AcceptKey(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
}
