namespace NatsKestrel.Broker.Configuration;

/// <summary>The rules that no attribute can say: those between two options, and the form of a text.</summary>
internal static class CrossFieldRules
{
    // As nats-server 2.15.1 refuses them, with all that begin with Sec-WebSocket-.
    private static readonly string[] UpgradeHeaders = ["Host", "Content-Length", "Connection", "Upgrade", "Nats-No-Masking"];

    /// <summary>The form of each text; an empty one is its attribute's business.</summary>
    public static IEnumerable<BrokenRule> CheckTexts(NatsBrokerOptions options)
    {
        if (!string.IsNullOrEmpty(options.Host) && !ListenAddress.TryParse(options.Host, out _))
        {
            yield return new("Nats:Host", "must be an IP address, localhost, or * for every address");
        }

        if (options.ServerName?.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) == true)
        {
            yield return new("Nats:ServerName", "must not contain spaces");
        }

        if (!string.IsNullOrEmpty(options.ClientAdvertise) && !IsHostAndPort(options.ClientAdvertise))
        {
            yield return new("Nats:ClientAdvertise", "must be host or host:port, an IPv6 address in brackets");
        }

        if (!string.IsNullOrEmpty(options.WebSocket?.Host) && !ListenAddress.TryParse(options.WebSocket.Host, out _))
        {
            yield return new("Nats:WebSocket:Host", "must be an IP address, localhost, or * for every address");
        }

        if (!string.IsNullOrEmpty(options.WebSocket?.Advertise) && !IsHostAndPort(options.WebSocket.Advertise))
        {
            yield return new("Nats:WebSocket:Advertise", "must be host or host:port, an IPv6 address in brackets");
        }

        foreach ((int index, string allowed) in (options.WebSocket?.AllowedOrigins ?? []).Index())
        {
            if (!IsOrigin(allowed))
            {
                yield return new($"Nats:WebSocket:AllowedOrigins:{index}", "must be an origin such as https://app.example");
            }
        }

        foreach ((string name, string value) in options.WebSocket?.Headers ?? [])
        {
            if (HeaderProblem(name, value) is { } problem)
            {
                yield return new($"Nats:WebSocket:Headers:{name}", problem);
            }
        }

        if (options.Monitoring?.BasePath?.Any(c => c <= ' ' || "?#{}*\\".Contains(c)) == true)
        {
            yield return new("Nats:Monitoring:BasePath", "must be a plain path such as /nats");
        }

        if (options.Monitoring?.Cors is { Length: > 0 } origin && origin != "*" && !IsOrigin(origin))
        {
            yield return new("Nats:Monitoring:Cors", "must be * or one origin such as https://ops.example");
        }

        foreach (BrokenRule rule in options.Console is { } console ? ConsoleRules.Check(console) : [])
        {
            yield return rule;
        }
    }

    /// <summary>The rules between two options, each of which is in its own range.</summary>
    public static IEnumerable<BrokenRule> CheckPairs(NatsBrokerOptions options)
    {
        int maxPayload = options.Limits.MaxPayload;
        if (options.Limits.MaxPending < maxPayload)
        {
            yield return new("Nats:Limits:MaxPending", $"must not be below Nats:Limits:MaxPayload ({maxPayload})");
        }

        if (options.Limits.MaxPendingTotal > 0 && options.Limits.MaxPendingTotal < maxPayload)
        {
            yield return new("Nats:Limits:MaxPendingTotal", $"must be 0 or not below Nats:Limits:MaxPayload ({maxPayload})");
        }

        if (options.LameDuck.GracePeriod >= options.LameDuck.Duration)
        {
            yield return new("Nats:LameDuck:GracePeriod", $"must be shorter than Nats:LameDuck:Duration ({options.LameDuck.Duration})");
        }

        foreach (BrokenRule rule in ConsoleRules.CheckPairs(options.Console))
        {
            yield return rule;
        }
    }

    private static string? HeaderProblem(string name, string value) =>
        UpgradeHeaders.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase)
            ? "must not be set: the upgrade itself needs this header"
        : name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c)) ? "must have the name of a header"
        : value.Any(c => c is < ' ' or > '~') ? "must be one line of ASCII"
        : null;

    private static bool IsHostAndPort(string text) =>
        Uri.TryCreate($"nats://{text}", UriKind.Absolute, out var uri) && uri is { Host.Length: > 0, UserInfo: "", PathAndQuery: "/" or "" }
        && !text.EndsWith('/') && uri.Port != 0;

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && text == uri.GetLeftPart(UriPartial.Authority);
}
