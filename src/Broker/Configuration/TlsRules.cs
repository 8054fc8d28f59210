using System.Globalization;

namespace NatsKestrel.Broker.Configuration;

/// <summary>The rules on TLS that need no file to be read.</summary>
internal static class TlsRules
{
    /// <summary>Every rule that is broken.</summary>
    public static IEnumerable<BrokenRule> Check(NatsBrokerOptions options)
    {
        foreach (BrokenRule broken in TlsSection.All(options).SelectMany(Check))
        {
            yield return broken;
        }

        if (options.AllowNonTls && options.Tls is { CertFile.Length: 0 })
        {
            yield return new("Nats:AllowNonTls", "means nothing without Nats:Tls:CertFile");
        }

        if (options.WebSocket is { Port: >= 0, NoTls: false, Tls.CertFile.Length: 0 })
        {
            yield return new("Nats:WebSocket:NoTls", $"must be true where {TlsSection.WebSocketKey}:CertFile is empty: websocket requires TLS configuration");
        }
    }

    private static IEnumerable<BrokenRule> Check(TlsSection section)
    {
        (string key, TlsOptions tls, _) = section;
        if (tls.CertFile.Length > 0 != tls.KeyFile.Length > 0)
        {
            yield return new(tls.CertFile.Length > 0 ? $"{key}:KeyFile" : $"{key}:CertFile", "is required beside the other");
        }

        if (tls.MinVersion is not ("" or "1.2" or "1.3"))
        {
            yield return new($"{key}:MinVersion", "must be 1.2 or 1.3");
        }

        if (!IsHandshakeFirst(tls.HandshakeFirst))
        {
            yield return new($"{key}:HandshakeFirst", "must be true, false, auto, or a time such as 00:00:00.3");
        }

        foreach ((int index, string pin) in tls.PinnedCerts.Index())
        {
            if (pin.Length != 64 || !pin.All(char.IsAsciiHexDigit))
            {
                yield return new($"{key}:PinnedCerts:{index}", "must be a SHA-256 of 64 hexadecimal digits");
            }
        }
    }

    private static bool IsHandshakeFirst(string text) => text.ToUpperInvariant() is "" or "TRUE" or "FALSE" or "AUTO"
        || (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var delay) && delay > TimeSpan.Zero);
}
