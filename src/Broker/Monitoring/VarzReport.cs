using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Transport.Tls;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Builds the answer to <c>/varz</c>.</summary>
internal sealed class VarzReport(
    LiveSettings live,
    ServerIdentity identity,
    InfoSource info,
    MonitoringSnapshots snapshots,
    ProcessUsage usage,
    HttpRequestCounts requests,
    TimeProvider time,
    AccountDirectory accounts,
    Authenticator authenticator,
    TlsContextSource tls,
    NatsBrokerOptions options,
    WebSocketPort webSocket,
    IServer? http = null)
{
    private static readonly UnconfiguredVarz Unconfigured = new();

    public Varz Build(string basePath)
    {
        ConnectionSettings settings = live.Current;
        var totals = snapshots.Totals();
        var (plain, secure) = HttpAddresses();
        var now = time.GetUtcNow();
        return new Varz(
            ServerId: identity.ServerId,
            ServerName: identity.ServerName,
            Version: ServerIdentity.Version,
            Proto: 1,
            Go: ServerIdentity.GoVersion,
            Host: info.Host,
            Port: info.AdvertisedPort,
            AuthRequired: authenticator.IsRequired,
            TlsRequired: tls.Current is { AllowsPlain: false },
            TlsVerify: tls.Current is { Verifies: true },
            MaxConnections: settings.MaxConnections == 0 ? -1 : settings.MaxConnections,
            MaxSubscriptions: settings.MaxSubscriptions,
            PingInterval: Nanoseconds(settings.PingInterval),
            PingMax: settings.PingMax,
            HttpHost: plain?.Host ?? "",
            HttpPort: plain?.Port ?? 0,
            HttpBasePath: basePath,
            HttpsPort: secure?.Port ?? 0,
            AuthTimeout: settings.LoginTimeout.TotalSeconds,
            MaxControlLine: settings.MaxControlLine,
            MaxPayload: settings.MaxPayload,
            MaxPending: settings.MaxPending,
            Cluster: Unconfigured,
            Gateway: Unconfigured,
            Leaf: Unconfigured,
            Mqtt: Unconfigured,
            Websocket: Websocket(),
            Jetstream: Unconfigured,
            TlsTimeout: options.Tls.Timeout.TotalSeconds,
            WriteDeadline: Nanoseconds(settings.WriteDeadline),
            Start: identity.Start.UtcDateTime,
            Now: now.UtcDateTime,
            Uptime: GoText.Uptime(now - identity.Start),
            Mem: Environment.WorkingSet,
            Cores: Environment.ProcessorCount,
            Gomaxprocs: Environment.ProcessorCount,
            Gomemlimit: 0,
            Cpu: usage.CpuPercent(),
            Connections: totals.Connections,
            TotalConnections: totals.TotalConnections,
            Routes: 0,
            Remotes: 0,
            Leafnodes: 0,
            InMsgs: totals.InMessages,
            InBytes: totals.InBytes,
            InClientMsgs: totals.InMessages,
            InClientBytes: totals.InBytes,
            OutMsgs: totals.OutMessages,
            OutBytes: totals.OutBytes,
            OutClientMsgs: totals.OutMessages,
            OutClientBytes: totals.OutBytes,
            SlowConsumers: totals.SlowConsumers,
            StaleConnections: totals.StaleConnections,
            StalledClients: totals.Stalls,
            Subscriptions: snapshots.AccountNames().Sum(account => snapshots.Statistics(account).Count),
            HttpReqStats: requests.Snapshot(),
            ConfigLoadTime: identity.Configuration.Item1.UtcDateTime,
            ConfigDigest: identity.Configuration.Item2,
            FeatureFlags: ServerIdentity.FeatureFlags,
            SystemAccount: accounts.System.Name,
            SlowConsumerStats: new ConnectionKindCounts(Clients: totals.SlowConsumers),
            StaleConnectionStats: new ConnectionKindCounts(Clients: totals.StaleConnections),
            DiskIoWaitStats: new DiskWaitCounts(),
            TlsCertNotAfter: tls.Current?.NotAfter ?? default,
            NatskestrelVersion: ServerIdentity.OwnVersion);
    }

    private WebsocketVarz Websocket()
    {
        NatsWebSocketOptions configured = options.WebSocket;
        return webSocket.EndPoint is not { } endPoint ? new WebsocketVarz() : new WebsocketVarz(
            Host: endPoint.Address.ToString(),
            Port: endPoint.Port,
            Advertise: NullIfEmpty(configured.Advertise),
            NoAuthUser: NullIfEmpty(configured.NoAuthUser),
            JwtCookie: NullIfEmpty(configured.JwtCookie),
            HandshakeTimeout: Nanoseconds(configured.HandshakeTimeout),
            AuthTimeout: configured.Authorization.Timeout.TotalSeconds,
            NoTls: configured.NoTls,
            TlsMap: configured.Tls.VerifyAndMap,
            TlsPinnedCerts: configured.Tls.PinnedCerts.Count > 0 ? configured.Tls.PinnedCerts : null,
            SameOrigin: configured.SameOrigin,
            AllowedOrigins: configured.AllowedOrigins.Count > 0 ? configured.AllowedOrigins : null,
            Compression: configured.Compression,
            TlsCertNotAfter: tls.WebSocket?.NotAfter ?? default);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static long Nanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;

    // The first plain and the first TLS address the application listens on; it may have more.
    private (BindingAddress? Plain, BindingAddress? Secure) HttpAddresses()
    {
        var addresses = http?.Features.Get<IServerAddressesFeature>()?.Addresses.Select(BindingAddress.Parse).ToList() ?? [];
        return (addresses.Find(address => address.Scheme == "http"), addresses.Find(address => address.Scheme == "https"));
    }
}
