using static NatsKestrel.Broker.Configuration.NatsConf.ConfForms;
using static NatsKestrel.Broker.Configuration.NatsConf.ConfSupport;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Every key that nats-server 2.15.1 knows, block by block: its names, its form, the option it becomes, and whether it is honoured.</summary>
/// <remarks>Blocks that others refer to stand above them: the fields are filled in this order.</remarks>
internal static class ConfKeys
{
    public static readonly ConfBlock Responses = new(
    [
        new("max|max_msgs|max_messages|max_responses", IntegerOrDefault, "Max"),
        new("expires|expiration|ttl", PermissionForms.Expiry, "Expires"),
    ], "Unknown field \"{0}\" parsing permissions");

    public static readonly ConfBlock Permissions = new(
    [
        new("publish|pub|import", PermissionForms.Publish, "Publish"),
        new("subscribe|sub|export", PermissionForms.Subscribe, "Subscribe"),
        new("allow_responses|publish_allow_responses", PermissionForms.Responses, "AllowResponses"),
    ], "Unknown field \"{0}\" parsing permissions");

    public static readonly ConfBlock User = new(
    [
        new("user|username", Text, "User"),
        new("password|pass", Secret, "Password"),
        new("nkey", AuthorizationForms.UserNkey, "Nkey"),
        new("permissions|permission|authorization", PermissionForms.Permissions, "Permissions"),
        new("allowed_connection_types|connection_types|clients", AuthorizationForms.ConnectionTypeList, "AllowedConnectionTypes"),
        new("proxy_required", Flag, Support: Refused),
    ]);

    public static readonly ConfBlock AuthCallout = new(
    [
        new("issuer", AuthorizationForms.Issuer, "Issuer"),
        new("account|acc", Text, "Account"),
        new("auth_users|users", AuthorizationForms.CalloutUsers, "AuthUsers"),
        new("xkey|key", AuthorizationForms.XKey, "XKey"),
        new("allowed_accounts", TextArray, "AllowedAccounts"),
    ], "Unknown field \"{0}\" parsing authorization callout");

    public static readonly ConfBlock Authorization = new(
    [
        new("user|username", Text, "User"),
        new("password|pass", Secret, "Password"),
        new("token", Secret, "Token"),
        new("timeout", AuthorizationForms.Timeout, "Timeout"),
        new("users", AuthorizationForms.Users, "Users"),
        new("default_permissions|default_permission|permissions", PermissionForms.Permissions, "DefaultPermissions"),
        new("auth_callout|auth_hook", AuthorizationForms.Callout, "AuthCallout"),
        new("proxy_required", Flag, Support: Refused),
    ]);

    public static readonly ConfBlock MappingDestination = new(
    [
        new("destination|dest", Text, "Destination"),
        new("weight", MappingForms.Weight, "Weight"),
        new("cluster", Text, "Cluster"),
    ], "Unknown field \"{0}\" for mapping destination");

    public static readonly ConfBlock Latency = new(
    [
        new("sampling", AccountForms.LatencySampling, "Sampling"),
        new("subject", Text, "Subject"),
    ]);

    public static readonly ConfBlock Export = new(
    [
        new("stream", AccountForms.Exported("stream"), "Stream"),
        new("service", AccountForms.Exported("service"), "Service"),
        new("accounts", TextArray, "Accounts"),
        new("response_type|response", AccountForms.ResponseType, "ResponseType"),
        new("response_threshold|threshold|response_max_time|response_time", AccountForms.ResponseThreshold, "ResponseThreshold"),
        new("latency", AccountForms.Latency, "Latency"),
        new("account_token_position", Integer, "AccountTokenPosition"),
        new("allow_trace", Flag, "AllowTrace"),
    ]);

    public static readonly ConfBlock ImportSource = new(
    [
        new("account", Text, "Account"),
        new("subject", Text, "Subject"),
    ]);

    public static readonly ConfBlock Import = new(
    [
        new("stream", AccountForms.Imported("Stream"), "Stream"),
        new("service", AccountForms.Imported("Service"), "Service"),
        new("prefix", Text, "Prefix"),
        new("to", Text, "To"),
        new("share", Flag, "Share"),
        new("allow_trace", Flag, "AllowTrace"),
    ]);

    public static readonly ConfBlock AccountLimits = new(
    [
        new("max_connections|max_conn", Integer, "MaxConnections"),
        new("max_subscriptions|max_subs", Integer, "MaxSubscriptions"),
        new("max_payload|max_pay", Integer, "MaxPayload"),
        new("max_leafnodes|max_leafs", Integer, "MaxLeafs"),
    ], "Unknown field \"{0}\" parsing account limits");

    public static readonly ConfBlock MessageTrace = new(
    [
        new("dest", AccountForms.TraceDestination, "Destination"),
        new("sampling", AccountForms.TraceSampling, "Sampling"),
    ], "Unknown field \"{0}\" parsing account message trace map/struct \"msg_trace\"");

    public static readonly ConfBlock Account = new(
    [
        new("nkey", AuthorizationForms.AccountNkey, "Nkey"),
        new("users", AuthorizationForms.Users, "Users"),
        new("exports", AccountForms.Exports, "Exports"),
        new("imports", AccountForms.Imports, "Imports"),
        new("mappings|maps", MappingForms.Mappings, "Mappings"),
        new("default_permissions", PermissionForms.Permissions, "DefaultPermissions"),
        new("limits", AccountForms.Limits, "Limits"),
        new("msg_trace|trace_dest", AccountForms.MessageTrace, "MessageTrace"),
        new("jetstream", Anything, Support: Refused),
    ]);

    public static readonly ConfBlock CertificatePair = new(
    [
        new("cert_file", Text, "CertFile"),
        new("key_file", Text, "KeyFile"),
    ], "error parsing tls certs config, unknown field \"{0}\"");

    public static readonly ConfBlock Tls = new(
    [
        new("cert_file", TlsForms.FileName, "CertFile"),
        new("key_file", TlsForms.FileName, "KeyFile"),
        new("certs|certificates", TlsForms.Certificates),
        new("ca_file", TlsForms.FileName, "CaFile"),
        new("verify", TlsForms.Flag, "Verify"),
        new("verify_and_map", TlsForms.Flag, "VerifyAndMap"),
        new("verify_cert_and_check_known_urls", TlsForms.KnownUrls, Support: Idle),
        new("insecure", TlsForms.Flag, Support: Idle), // Of the dialling side.
        new("cipher_suites", TlsForms.CipherSuites, "CipherSuites"),
        new("allow_insecure_cipher_suites", TlsForms.Flag, Support: Refused),
        new("curve_preferences", TlsForms.CurvePreferences, Support: Refused),
        new("min_version", TlsForms.MinVersion, "MinVersion"),
        new("timeout", TlsForms.Timeout, "Timeout"),
        new("connection_rate_limit", Integer, "ConnectionRateLimit"),
        new("pinned_certs", TlsForms.PinnedCerts, "PinnedCerts"),
        new("handshake_first|first|immediate", TlsForms.HandshakeFirst, "HandshakeFirst"),
        new("cert_store|cert_match|cert_match_by|cert_match_skip_invalid|ca_certs_match", Anything, Support: Refused),
        new("ocsp_peer", Anything, Support: Refused),
    ], "error parsing tls config, unknown field \"{0}\"");

    public static readonly ConfBlock WebSocket = new(
    [
        new("listen", ListenForms.Listen),
        new("host|net", ListenForms.Host, "Host"),
        new("port", ListenForms.Port, "Port"),
        new("advertise", Text, "Advertise"),
        new("no_tls", Flag, "NoTls"),
        new("tls", TlsForms.Tls, "Tls"),
        new("same_origin", Flag, "SameOrigin"),
        new("allowed_origins|allowed_origin|allow_origins|allow_origin|origins|origin", Texts("allowed origins"), "AllowedOrigins"),
        new("handshake_timeout", DurationOrSeconds, "HandshakeTimeout"),
        new("compression|compress", Flag, "Compression"),
        new("authorization|authentication", Block(new ConfBlock(
        [
            new("user|username", Text, "User"),
            new("password|pass", Secret, "Password"),
            new("token", Secret, "Token"),
            new("timeout", AuthorizationForms.Timeout, "Timeout"),
        ])), "Authorization"),
        new("no_auth_user", Text, "NoAuthUser"),
        new("jwt_cookie", Text, "JwtCookie"),
        new("user_cookie", Text, "UserCookie"),
        new("pass_cookie", Text, "PassCookie"),
        new("token_cookie", Text, "TokenCookie"),
        new("headers", WebSocketForms.Headers, "Headers"),
        new("ping_interval", Duration, "PingInterval"),
    ]);

    public static readonly ConfBlock Resolver = new(
    [
        new("type", Text, "Type"),
        new("dir", Text, "Dir"),
        new("allow_delete", Flag, "AllowDelete"),
        new("hard_delete", Flag, Support: Refused),
        new("limit", Integer, "Limit"),
        new("ttl", Duration, "Ttl"),
        new("interval", Duration, "Interval"),
        new("timeout", Duration, "Timeout"),
    ]);

    public static readonly ConfBlock JetStream = new(
    [
        new("enable|enabled", Flag),
        new("strict", Flag),
        new("store_dir|storedir|store", Text),
        new("max_mem|max_memory_store|max_mem_store", PartForms.StorageSize),
        new("max_file|max_file_store", PartForms.StorageSize),
        new("sync|sync_interval", PartForms.SyncInterval),
        new("domain|extension_hint|cipher|unique_tag", Text),
        new("key|ek|encryption_key|prev_key|prev_ek|prev_encryption_key", Secret),
        new("limits", Block(new ConfBlock(
        [
            new("max_ack_pending|max_ha_assets|max_request_batch|default_max_consumers", Integer),
            new("duplicate_window", Duration),
            new("batch", Anything),
        ]))),
        new("tpm", Anything),
        new("max_outstanding_catchup|max_buffered_msgs|max_buffered_size", Anything),
        new("request_queue_limit|info_queue_limit|max_concurrent_io|meta_compact|meta_compact_size", Anything),
        new("meta_compact_sync", Anything),
    ]);

    private static readonly ConfBlock ServerLogin = new(
    [
        new("user|username|account|nkey", Text),
        new("password|pass", Secret),
        new("timeout", AuthorizationForms.Timeout),
        new("users", Anything),
        new("proxy_required", Flag),
    ]);

    private static readonly ConfBlock ServerTls = new([.. Tls.Keys.Where(key => key.Names != "verify_cert_and_check_known_urls"), new("verify_cert_and_check_known_urls", Flag)], Tls.UnknownText);

    public static readonly ConfBlock Cluster = new(
    [
        new("name", PartForms.ClusterName),
        new("listen", ListenForms.Listen),
        new("host|net", Text),
        new("port", Integer),
        new("routes", PartForms.Routes),
        new("authorization", PartForms.ClusterLogin),
        new("tls", Block(ServerTls)),
        new("advertise|cluster_advertise", Text),
        new("no_advertise|connect_backoff", Flag),
        new("connect_retries|pool_size|ping_max", Integer),
        new("permissions", PermissionForms.Permissions),
        new("accounts", TextArray),
        new("compression", Anything),
        new("ping_interval|write_deadline", Duration),
        new("write_timeout", TopForms.WriteTimeout),
    ]);

    private static readonly ConfBlock LeafRemote = new(
    [
        new("url|urls", Texts("urls")),
        new("account|local", Text),
        new("credentials|creds|nkey|seed", Secret),
        new("tls", Block(ServerTls)),
        new("hub|no_randomize|dont_randomize|disabled|ignore_discovered_servers", Flag),
        new("isolate_leafnode_interest|isolate|request_isolation", Flag),
        new("deny_imports|deny_import|deny_exports|deny_export", Texts("permissions")),
        new("compression", Anything),
        new("ws_compression|ws_compress|websocket_compression|websocket_compress|ws_no_masking|websocket_no_masking", Flag),
        new("first_info_timeout|dial_timeout", Duration),
        new("proxy", Anything),
        new("jetstream_cluster_migrate|js_cluster_migrate", Anything),
    ]);

    public static readonly ConfBlock LeafNodes = new(
    [
        new("listen", ListenForms.Listen),
        new("host|net", Text),
        new("port", Integer),
        new("authorization", Block(ServerLogin)),
        new("tls", Block(ServerTls)),
        new("advertise|leafnode_advertise", Text),
        new("no_advertise|isolate_leafnode_interest|isolate", Flag),
        new("min_version|minimum_version", PartForms.LeafMinVersion),
        new("compression", Anything),
        new("reconnect|reconnect_delay|reconnect_interval|dial_timeout|write_deadline", Duration),
        new("write_timeout", TopForms.WriteTimeout),
        new("remotes", Blocks(LeafRemote, "remotes")),
    ]);

    public static readonly ConfBlock Gateway = new(
    [
        new("name|advertise|host|net", Text),
        new("listen", ListenForms.Listen),
        new("port|connect_retries", Integer),
        new("connect_backoff|reject_unknown_cluster|reject_unknown", Flag),
        new("authorization", Block(ServerLogin)),
        new("tls", Block(ServerTls)),
        new("gateways", Blocks(new ConfBlock(
        [
            new("name", Text),
            new("url", Text),
            new("urls", TextArray),
            new("tls", Block(ServerTls)),
        ]), "gateways")),
        new("write_deadline", Duration),
        new("write_timeout", TopForms.WriteTimeout),
    ]);

    public static readonly ConfBlock Mqtt = new(
    [
        new("listen", ListenForms.Listen),
        new("host|net|no_auth_user|js_domain", Text),
        new("port|stream_replicas", Integer),
        new("consumer_replicas", PartForms.ConsumerReplicas),
        new("tls", TlsForms.Tls),
        new("authorization|authentication", Block(ServerLogin)),
        new("ack_wait|ackwait|js_api_timeout|consumer_inactive_threshold|consumer_auto_cleanup", Duration),
        new("max_ack_pending|max_pending|max_inflight", PartForms.AckPending),
        new("consumer_memory_storage|reject_qos2_publish|downgrade_qos2_subscribe", Flag),
    ]);

    public static readonly ConfBlock Proxies = new(
    [
        new("trusted", Blocks(new ConfBlock([new("key", TopForms.ProxyKey)]), "trusted")),
    ]);

    public static readonly ConfBlock Top = new(
    [
        // Where it listens, and who it is.
        new("listen", ListenForms.Listen),
        new("host|net", ListenForms.Host, "Host"),
        new("port", ListenForms.Port, "Port"),
        new("client_advertise", Text, "ClientAdvertise"),
        new("server_name", TopForms.ServerName, "ServerName"),
        new("server_tags", Texts("tags"), Support: Idle), // For JetStream's placement and requests to the system account.
        new("server_metadata", PartForms.TextMap("error parsing metadata"), Support: Idle),
        new("strict", TopForms.Strict), // Of this server alone.

        // Monitoring: the addresses become the application's Urls, see MonitoringUrls.
        new("http", ListenForms.Monitoring),
        new("https", ListenForms.Monitoring),
        new("http_port|monitor_port", Integer),
        new("https_port", Integer),
        new("http_base_path", Text, "Monitoring:BasePath"),
        new("monitor_cors", Text, "Monitoring:Cors"), // Of this server alone.
        new("prof_port", Integer, Support: Refused),
        new("prof_block_rate", Integer, Support: Idle),

        // The log.
        new("debug", Flag, "Logging:Debug"),
        new("trace", Flag, "Logging:Trace"),
        new("trace_verbose", TopForms.TraceVerbose, "Logging:TraceVerbose"),
        new("trace_headers", TopForms.TraceHeaders, "Logging:TraceHeaders"),
        new("logtime", Flag, "Logging:Time"),
        new("logtime_utc", Flag, "Logging:TimeUtc"),
        new("log_file|logfile", Text, "Logging:File"),
        new("log_size_limit|logfile_size_limit", Integer, "Logging:SizeLimit"),
        new("log_max_num|logfile_max_num", Integer, "Logging:MaxFiles"),
        new("syslog", Flag, "Logging:Syslog"),
        new("remote_syslog", Text, "Logging:RemoteSyslog"),
        new("max_traced_msg_len", Integer, "Logging:MaxTracedMessageLength"),
        new("pid_file|pidfile", Text, "PidFile"),
        new("ports_file_dir", Text, "PortsFileDir"),

        // Limits.
        new("max_connections|max_conn", IntegerFromZero, "Limits:MaxConnections"),
        new("max_subscriptions|max_subs", IntegerFromZero, "Limits:MaxSubscriptions"),
        new("max_sub_tokens|max_subscription_tokens", SubjectTokens, "Limits:MaxSubscriptionTokens"),
        new("max_control_line", Size, "Limits:MaxControlLine"),
        new("max_payload", Size, "Limits:MaxPayload"),
        new("max_pending", IntegerOrDefault, "Limits:MaxPending"),
        new("max_closed_clients", IntegerOrDefault, "Limits:MaxClosedClients"),
        new("ping_interval", Duration, "KeepAlive:PingInterval"),
        new("ping_max", IntegerOrDefault, "KeepAlive:PingMax"),
        new("write_deadline", Duration, "SlowConsumers:WriteDeadline"),
        new("write_timeout", TopForms.ClientWriteTimeout),
        new("no_fast_producer_stall", Flag, "SlowConsumers:NoFastProducerStall"),
        new("lame_duck_duration", LameDuckDuration, "LameDuck:Duration"),
        new("lame_duck_grace_period", LameDuckGracePeriod, "LameDuck:GracePeriod"),
        new("no_header_support", Flag, "NoHeaderSupport"),
        new("disable_sublist_cache|no_sublist_cache", Flag, "DisableSublistCache"),

        // Who may come in.
        new("authorization", AuthorizationForms.Authorization, "Authorization"),
        new("accounts", AccountForms.Accounts, "Accounts"),
        new("mappings|maps", MappingForms.Mappings, "Mappings"),
        new("no_auth_user", Text, "NoAuthUser"),
        new("system_account|system", TopForms.SystemAccount, "SystemAccount"),
        new("no_system_account|no_system|no_sys_acc", Flag, "NoSystemAccount"),
        new("tls", TlsForms.Tls, "Tls"),
        new("allow_non_tls", Flag, "AllowNonTls"),
        new("proxy_protocol", Flag, Support: Refused),
        new("proxies", Block(Proxies), Support: Refused),
        new("operator|operators|root|roots|root_operator|root_operators", OperatorForms.Operators, "Operators"),
        new("trusted_keys|trusted", OperatorForms.TrustedKeys, "TrustedKeys"),
        new("resolver|account_resolver|accounts_resolver", OperatorForms.Resolver, "Resolver"),
        new("resolver_tls", Block(ServerTls), Support: Refused),
        new("resolver_preload", OperatorForms.Preload, "ResolverPreload"),
        new("resolver_pinned_accounts", Texts("resolver_pinned_accounts"), Support: Refused),
        new("default_sentinel", Secret, Support: Refused),
        new("ocsp", TopForms.Ocsp, Support: Refused),
        new("ocsp_cache", TopForms.OcspCache, Support: Idle), // Without ocsp there is nothing to keep.

        // Other doors and links.
        new("websocket|ws", WebSocketForms.WebSocket, "WebSocket"),
        new("cluster", PartForms.Part(Cluster, "Expected map to define cluster", "listen", "port")),
        new("leafnodes|leaf", PartForms.Part(LeafNodes, "Expected map to define a leafnode", "listen", "port", "remotes")),
        new("gateway", PartForms.Part(Gateway, "Expected gateway to be a map", "listen", "port", "name")),
        new("mqtt", PartForms.Part(Mqtt, "Expected mqtt to be a map", "listen", "port")),
        new("connect_error_reports", Integer, Support: Idle), // Of links to other servers.
        new("reconnect_error_reports", Integer, Support: Idle),

        // JetStream.
        new("jetstream", PartForms.JetStream),
        new("store_dir|storedir", Text, Support: Idle),
        new("default_js_domain", PartForms.TextMap("error default_js_domain config"), Support: Idle),
        new("feature_flags", PartForms.FeatureFlags, Support: Refused),
    ]);

    /// <summary>Every block with the name it goes by.</summary>
    public static IEnumerable<(string Name, ConfBlock Block)> All =>
    [
        ("top level", Top),
        ("authorization", Authorization),
        ("user", User),
        ("auth_callout", AuthCallout),
        ("permissions", Permissions),
        ("allow_responses", Responses),
        ("account", Account),
        ("export", Export),
        ("latency", Latency),
        ("import", Import),
        ("import source", ImportSource),
        ("limits", AccountLimits),
        ("msg_trace", MessageTrace),
        ("mapping destination", MappingDestination),
        ("tls", Tls),
        ("certs", CertificatePair),
        ("websocket", WebSocket),
        ("resolver", Resolver),
        ("jetstream", JetStream),
        ("cluster", Cluster),
        ("leafnodes", LeafNodes),
        ("gateway", Gateway),
        ("mqtt", Mqtt),
        ("proxies", Proxies),
    ];
}
