using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>Which web pages may connect. Browsers let any page try, and say truthfully where it came from.</summary>
/// <remarks>
/// Where options name origins they alone decide, as in nats-server. Where none do, and no credentials are asked for, a page
/// must have come from this very address, or from this machine where the port is this machine's own. The name in that address
/// counts only where it is known: a stranger's name can be made to lead here (DNS rebinding).
/// </remarks>
internal sealed class OriginRules(NatsWebSocketOptions options, IConfiguration configuration)
{
    private readonly HashSet<Origin> _allowed = [.. Parse(options.AllowedOrigins)];
    private readonly HashSet<string> _knownHosts = new(
        (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Append(options.Advertise.Split(':')[0]),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>True for a request whose page may connect; one without a page, from no browser, always may.</summary>
    /// <param name="http">The request.</param>
    /// <param name="isEnforced">True where cookies may tell who asks: then no switch lets every page in.</param>
    public bool Allows(HttpContext http, bool isEnforced = false)
    {
        string text = http.Request.Headers.Origin.ToString();
        text = text.Length > 0 ? text : http.Request.Headers["Sec-WebSocket-Origin"].ToString();
        if (text.Length == 0)
        {
            return true;
        }

        bool isAny = !options.SameOrigin && options.AllowedOrigins.Count == 0;
        if (isAny && options.AnyOrigin && !isEnforced)
        {
            return true;
        }

        return Origin.TryParse(text, out Origin origin) && (isAny
            ? IsOurs(origin, http)
            : (!options.SameOrigin || origin == Origin.Of(http.Request)) && (_allowed.Count == 0 || _allowed.Contains(origin)));
    }

    private static IEnumerable<Origin> Parse(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            if (Origin.TryParse(text, out Origin origin))
            {
                yield return origin;
            }
        }
    }

    private bool IsOurs(Origin origin, HttpContext http)
    {
        if (http.Connection.LocalIpAddress is not { } address || IPAddress.IsLoopback(address))
        {
            return origin.IsLoopback;
        }

        return origin == Origin.Of(http.Request)
            && (http.Request.IsHttps || origin.IsAddress || _knownHosts.Contains(origin.Host) || _knownHosts.Contains("*"));
    }
}
