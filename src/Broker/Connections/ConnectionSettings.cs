using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>The options that connections live by, worked out once: what "0 for a default" comes to on this machine.</summary>
internal sealed record ConnectionSettings
{
    public required int MaxConnections { get; init; }
    public required int MaxUnauthenticated { get; init; }
    public required ParserLimits Parser { get; init; }
    public required int MaxPending { get; init; }
    public required long MaxPendingTotal { get; init; }
    public required int MaxSubscriptions { get; init; }
    public required int MaxSubscriptionTokens { get; init; }
    public required int MaxClosedClients { get; init; }

    /// <summary>Time a client has to log in.</summary>
    public required TimeSpan LoginTimeout { get; init; }

    public required TimeSpan PingInterval { get; init; }
    public required int PingMax { get; init; }
    public required TimeSpan WriteDeadline { get; init; }
    public required bool NoFastProducerStall { get; init; }
    public required bool HeaderSupport { get; init; }
    public required int SlowConsumerEventsKept { get; init; }

    /// <summary>True where each operation is logged.</summary>
    public bool IsTraced { get; init; }

    /// <summary>True where a trace shows a message's headers and not its payload.</summary>
    public bool TracesHeadersOnly { get; init; }

    /// <summary>Bytes of a payload that a trace shows; 0 for all.</summary>
    public int MaxTracedLength { get; init; }

    public int MaxPayload { get => Parser.MaxPayload; init => Parser = Parser with { MaxPayload = value }; }

    public int MaxControlLine { get => Parser.MaxControlLine; init => Parser = Parser with { MaxControlLine = value }; }

    /// <summary>Pending bytes from which publishers are held back: three quarters of the limit.</summary>
    public long StallThreshold => MaxPending / 4L * 3;

    /// <summary>Pending bytes from which a receiver is watched: a tenth of the limit.</summary>
    public long WatchThreshold => MaxPending / 10;

    /// <summary>Works the settings out.</summary>
    /// <param name="options">The validated options.</param>
    /// <param name="maxConnections">Client connections that the process can really hold.</param>
    /// <param name="maxPendingTotal">Bytes that may wait for all clients together.</param>
    public static ConnectionSettings From(NatsBrokerOptions options, int maxConnections, long maxPendingTotal) => new()
    {
        MaxConnections = maxConnections,
        MaxUnauthenticated = options.Limits.MaxUnauthenticated > 0 ? options.Limits.MaxUnauthenticated : Math.Max(maxConnections / 4, 1),
        Parser = new ParserLimits(options.Limits.MaxControlLine, options.Limits.MaxPayload),
        MaxPending = options.Limits.MaxPending,
        MaxPendingTotal = maxPendingTotal,
        MaxSubscriptions = options.Limits.MaxSubscriptions,
        MaxSubscriptionTokens = options.Limits.MaxSubscriptionTokens,
        MaxClosedClients = options.Limits.MaxClosedClients,
        LoginTimeout = LoginTimeoutOf(options),
        PingInterval = options.KeepAlive.PingInterval,
        PingMax = options.KeepAlive.PingMax,
        WriteDeadline = options.SlowConsumers.WriteDeadline,
        NoFastProducerStall = options.SlowConsumers.NoFastProducerStall,
        HeaderSupport = !options.NoHeaderSupport,
        SlowConsumerEventsKept = options.SlowConsumers.EventsKept,
        IsTraced = options.Logging.Trace || options.Logging.TraceVerbose || options.Logging.TraceHeaders,
        TracesHeadersOnly = options.Logging.TraceHeaders,
        MaxTracedLength = options.Logging.MaxTracedMessageLength,
    };

    private static TimeSpan LoginTimeoutOf(NatsBrokerOptions options) =>
        options.Authorization.Timeout > TimeSpan.Zero ? options.Authorization.Timeout
        : options.Tls.CertFile.Length > 0 ? options.Tls.Timeout + TimeSpan.FromSeconds(1)
        : TimeSpan.FromSeconds(2);
}
