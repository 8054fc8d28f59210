namespace NatsKestrel.Broker.Configuration;

/// <summary>The TLS options of one port, and where they are set.</summary>
/// <param name="Key">Their section.</param>
/// <param name="Options">The options.</param>
/// <param name="AllowsPlain">True where clients may stay without TLS.</param>
internal readonly record struct TlsSection(string Key, TlsOptions Options, bool AllowsPlain)
{
    public const string ClientsKey = "Nats:Tls";
    public const string WebSocketKey = "Nats:WebSocket:Tls";

    /// <summary>True where the port speaks TLS.</summary>
    public bool IsOn => Options.CertFile.Length > 0;

    public static TlsSection Clients(NatsBrokerOptions options) => new(ClientsKey, options.Tls, options.AllowNonTls);

    public static TlsSection WebSocket(NatsBrokerOptions options) => new(WebSocketKey, options.WebSocket.Tls, AllowsPlain: false);

    /// <summary>Those of every port; sections that are null are their attributes' business.</summary>
    public static IEnumerable<TlsSection> All(NatsBrokerOptions options)
    {
        if (options.Tls is not null)
        {
            yield return Clients(options);
        }

        if (options.WebSocket?.Tls is not null)
        {
            yield return WebSocket(options);
        }
    }
}
