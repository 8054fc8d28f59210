using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>The server as a whole: <c>/varz</c>.</summary>
/// <param name="ServerId">Id of this server, new at every start.</param>
/// <param name="ServerName">Configured name, or the id.</param>
/// <param name="Version">The nats-server release whose behaviour this server follows.</param>
/// <param name="Proto">Version of the client protocol.</param>
/// <param name="Go">The runtime the server is built on.</param>
/// <param name="Host">Address of the client listener.</param>
/// <param name="Port">Port of the client listener.</param>
/// <param name="AuthRequired">True where clients must log in; absent otherwise.</param>
/// <param name="TlsRequired">True where clients must use TLS; absent otherwise.</param>
/// <param name="TlsVerify">True where clients must show a certificate; absent otherwise.</param>
/// <param name="MaxConnections">Client connections allowed at one time; -1 refuses everybody.</param>
/// <param name="MaxSubscriptions">Subscriptions one connection may hold; absent without a limit.</param>
/// <param name="PingInterval">Time between the server's PINGs, in nanoseconds.</param>
/// <param name="PingMax">PINGs that may stay unanswered before a connection is closed as stale.</param>
/// <param name="HttpHost">Address of the plain HTTP listener; empty without one.</param>
/// <param name="HttpPort">Port of the plain HTTP listener; 0 without one.</param>
/// <param name="HttpBasePath">Path the monitoring endpoints stand under; empty for the root.</param>
/// <param name="HttpsPort">Port of the HTTPS listener; 0 without one.</param>
/// <param name="AuthTimeout">Time a client has to log in, in seconds.</param>
/// <param name="MaxControlLine">Longest argument part of a control line, in bytes.</param>
/// <param name="MaxPayload">Largest message taken from a client, in bytes.</param>
/// <param name="MaxPending">Bytes that may wait for one client before it is cut as a slow consumer.</param>
/// <param name="Cluster">Routes to other servers as configured; empty without any.</param>
/// <param name="Gateway">Gateways to other clusters as configured; empty without any.</param>
/// <param name="Leaf">Leaf nodes as configured; empty without any.</param>
/// <param name="Mqtt">The MQTT listener as configured; empty without one.</param>
/// <param name="Websocket">The WebSocket listener as configured; empty without one.</param>
/// <param name="Jetstream">JetStream as configured; empty where it is off.</param>
/// <param name="TlsTimeout">Time a TLS handshake may take, in seconds.</param>
/// <param name="WriteDeadline">Time a client may take without accepting a waiting byte, in nanoseconds.</param>
/// <param name="Start">When the server started.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="Uptime">Time since the start, for example <c>4d2h3m7s</c>.</param>
/// <param name="Mem">Memory of the process (resident set), in bytes.</param>
/// <param name="Cores">Processors the server may use.</param>
/// <param name="Gomaxprocs">Threads the scheduler runs at one time.</param>
/// <param name="Gomemlimit">Memory limit of the process, in bytes; absent without one.</param>
/// <param name="Cpu">Processor use in per cent of one core; can exceed 100.</param>
/// <param name="Connections">Client connections now.</param>
/// <param name="TotalConnections">Client connections accepted since the start.</param>
/// <param name="Routes">Connections to other servers of the cluster.</param>
/// <param name="Remotes">Other servers of the cluster this one is connected to.</param>
/// <param name="Leafnodes">Leaf node connections, in both directions.</param>
/// <param name="InMsgs">Messages received since the start.</param>
/// <param name="InBytes">Bytes of those messages: headers and payload.</param>
/// <param name="InClientMsgs">Messages received from clients.</param>
/// <param name="InClientBytes">Bytes of the messages received from clients.</param>
/// <param name="OutMsgs">Messages delivered since the start, one for each receiver.</param>
/// <param name="OutBytes">Bytes of those deliveries: headers and payload.</param>
/// <param name="OutClientMsgs">Messages delivered to clients.</param>
/// <param name="OutClientBytes">Bytes of the messages delivered to clients.</param>
/// <param name="SlowConsumers">Connections found too slow since the start.</param>
/// <param name="StaleConnections">Connections closed because they left PINGs unanswered.</param>
/// <param name="StalledClients">Times a publisher was held back because of a slow receiver.</param>
/// <param name="Subscriptions">Subscriptions in all accounts now.</param>
/// <param name="HttpReqStats">Requests for each monitoring path since the start; paths never asked for are absent.</param>
/// <param name="ConfigLoadTime">When the configuration was last read.</param>
/// <param name="ConfigDigest">SHA-256 of the configuration file; empty without a file.</param>
/// <param name="FeatureFlags">Features that can be switched, and whether they are on.</param>
/// <param name="SystemAccount">Name of the server's own account.</param>
/// <param name="SlowConsumerStats">Slow consumers by kind of connection.</param>
/// <param name="StaleConnectionStats">Stale connections by kind of connection.</param>
/// <param name="DiskIoWaitStats">Waits for the disk; zeros without JetStream.</param>
/// <param name="TlsCertNotAfter">When the certificate of the client listener expires; absent without TLS.</param>
/// <param name="NatskestrelVersion">Release of this program itself; the one field nats-server does not have.</param>
internal sealed record Varz(
    string ServerId,
    string ServerName,
    string Version,
    int Proto,
    string Go,
    string Host,
    int Port,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool AuthRequired,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool TlsRequired,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool TlsVerify,
    int MaxConnections,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int MaxSubscriptions,
    long PingInterval,
    int PingMax,
    string HttpHost,
    int HttpPort,
    string HttpBasePath,
    int HttpsPort,
    double AuthTimeout,
    int MaxControlLine,
    int MaxPayload,
    long MaxPending,
    UnconfiguredVarz Cluster,
    UnconfiguredVarz Gateway,
    UnconfiguredVarz Leaf,
    UnconfiguredVarz Mqtt,
    WebsocketVarz Websocket,
    UnconfiguredVarz Jetstream,
    double TlsTimeout,
    long WriteDeadline,
    DateTime Start,
    DateTime Now,
    string Uptime,
    long Mem,
    int Cores,
    int Gomaxprocs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Gomemlimit,
    double Cpu,
    int Connections,
    ulong TotalConnections,
    int Routes,
    int Remotes,
    int Leafnodes,
    long InMsgs,
    long InBytes,
    long InClientMsgs,
    long InClientBytes,
    long OutMsgs,
    long OutBytes,
    long OutClientMsgs,
    long OutClientBytes,
    long SlowConsumers,
    long StaleConnections,
    long StalledClients,
    long Subscriptions,
    IReadOnlyDictionary<string, long> HttpReqStats,
    DateTime ConfigLoadTime,
    string ConfigDigest,
    IReadOnlyDictionary<string, bool> FeatureFlags,
    string SystemAccount,
    ConnectionKindCounts SlowConsumerStats,
    ConnectionKindCounts StaleConnectionStats,
    DiskWaitCounts DiskIoWaitStats,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] DateTime TlsCertNotAfter,
    string NatskestrelVersion);

/// <summary>A part of the server that is not configured: always <c>{}</c>.</summary>
internal sealed record UnconfiguredVarz;

/// <summary>The WebSocket listener as configured; without one all is absent.</summary>
/// <param name="Host">Address of the listener.</param>
/// <param name="Port">Port of the listener.</param>
/// <param name="Advertise">What clients are told instead; absent where nothing is set.</param>
/// <param name="NoAuthUser">User of those who show no credentials; absent where nothing is set.</param>
/// <param name="JwtCookie">Name of the cookie that holds the user JWT; absent where nothing is set.</param>
/// <param name="HandshakeTimeout">Time for the upgrade request, in nanoseconds.</param>
/// <param name="AuthTimeout">Seconds for the login; absent where nothing is set.</param>
/// <param name="NoTls">True for a listener that may do without TLS; absent otherwise.</param>
/// <param name="TlsMap">True where users are those of their certificates; absent otherwise.</param>
/// <param name="TlsPinnedCerts">Keys that client certificates may have; absent where none is set.</param>
/// <param name="SameOrigin">True where only pages from this address are let in; absent otherwise.</param>
/// <param name="AllowedOrigins">Origins that are let in; absent where none is set.</param>
/// <param name="Compression">True where messages may be compressed; absent otherwise.</param>
/// <param name="TlsCertNotAfter">When the certificate expires; absent without one.</param>
internal sealed record WebsocketVarz(
    string? Host = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Port = 0,
    string? Advertise = null,
    string? NoAuthUser = null,
    string? JwtCookie = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long HandshakeTimeout = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double AuthTimeout = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool NoTls = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool TlsMap = false,
    IReadOnlyList<string>? TlsPinnedCerts = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool SameOrigin = false,
    IReadOnlyList<string>? AllowedOrigins = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Compression = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] DateTime TlsCertNotAfter = default);

/// <summary>A counter, split by the kind of connection.</summary>
/// <param name="Clients">Client connections.</param>
/// <param name="Routes">Connections to other servers of the cluster.</param>
/// <param name="Gateways">Connections to other clusters.</param>
/// <param name="Leafs">Leaf node connections.</param>
internal sealed record ConnectionKindCounts(long Clients, long Routes = 0, long Gateways = 0, long Leafs = 0);

/// <summary>Waits for the disk.</summary>
/// <param name="Waiters">Who waits now.</param>
/// <param name="Waits">Waits since the start.</param>
/// <param name="WaitTime">Time waited in all, in nanoseconds.</param>
/// <param name="MaxWaitTime">The longest wait, in nanoseconds.</param>
internal sealed record DiskWaitCounts(long Waiters = 0, long Waits = 0, long WaitTime = 0, long MaxWaitTime = 0);
