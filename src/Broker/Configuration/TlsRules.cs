using System.Globalization;

namespace NatsKestrel.Broker.Configuration;

/// <summary>The rules on TLS that need no file to be read.</summary>
internal static class TlsRules
{
    private const string Section = "Nats:Tls";

    /// <summary>Every rule that is broken.</summary>
    public static IEnumerable<BrokenRule> Check(NatsBrokerOptions options)
    {
        if (options.Tls is not { } tls)
        {
            yield break;
        }

        if (tls.CertFile.Length > 0 != tls.KeyFile.Length > 0)
        {
            yield return new(tls.CertFile.Length > 0 ? $"{Section}:KeyFile" : $"{Section}:CertFile", "is required beside the other");
        }

        if (tls.MinVersion is not ("" or "1.2" or "1.3"))
        {
            yield return new($"{Section}:MinVersion", "must be 1.2 or 1.3");
        }

        if (!IsHandshakeFirst(tls.HandshakeFirst))
        {
            yield return new($"{Section}:HandshakeFirst", "must be true, false, auto, or a time such as 00:00:00.3");
        }

        foreach ((int index, string pin) in tls.PinnedCerts.Index())
        {
            if (pin.Length != 64 || !pin.All(char.IsAsciiHexDigit))
            {
                yield return new($"{Section}:PinnedCerts:{index}", "must be a SHA-256 of 64 hexadecimal digits");
            }
        }

        if (options.AllowNonTls && tls.CertFile.Length == 0)
        {
            yield return new("Nats:AllowNonTls", "means nothing without Nats:Tls:CertFile");
        }
    }

    private static bool IsHandshakeFirst(string text) => text.ToUpperInvariant() is "" or "TRUE" or "FALSE" or "AUTO"
        || (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var delay) && delay > TimeSpan.Zero);
}
