using NatsKestrel.Broker.Configuration.NatsConf;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

/// <summary>What each key of the table becomes. The last test sees to it that none is forgotten.</summary>
public sealed class ConfKeysTests
{
    // The block a key is tried in; $ stands for the key with its value.
    private static readonly Dictionary<string, string> Wrappers = new()
    {
        ["top level"] = "$",
        ["authorization"] = "authorization { $ }",
        ["user"] = "authorization { users: [ { $ } ] }",
        ["auth_callout"] = "authorization { auth_callout { $ } }",
        ["permissions"] = "authorization { default_permissions { $ } }",
        ["allow_responses"] = "authorization { default_permissions { allow_responses { $ } } }",
        ["account"] = "accounts { A { $ } }",
        ["export"] = "accounts { A { exports: [ { $ } ] } }",
        ["latency"] = "accounts { A { exports: [ { service: a, latency { $ } } ] } }",
        ["import"] = "accounts { A { exports: [ { stream: a }, { service: a } ], imports: [ { $ } ] } }",
        ["import source"] = "accounts { A { exports: [ { stream: a } ], imports: [ { stream { $ } } ] } }",
        ["limits"] = "accounts { A { limits { $ } } }",
        ["msg_trace"] = "accounts { A { msg_trace { $ } } }",
        ["mapping destination"] = "mappings { a { $ } }",
        ["tls"] = "tls { $ }",
        ["certs"] = "tls { certs: [ { $ } ] }",
        ["websocket"] = "websocket { $ }",
        ["resolver"] = "resolver { $ }",
        ["jetstream"] = "jetstream { $ }",
        ["cluster"] = "cluster { $ }",
        ["leafnodes"] = "leafnodes { $ }",
        ["gateway"] = "gateway { $ }",
        ["mqtt"] = "mqtt { $ }",
        ["proxies"] = "proxies { $ }",
    };

    /// <summary>Block, key, value, and an option it becomes with the option's text; the option is left out where the key becomes none.</summary>
    public static TheoryData<string, string, string, string, string> Rows => new()
    {
        { "top level", "listen", "\"127.0.0.1:4300\"", "Nats:Port", "4300" },
        { "top level", "listen", "\"[::1]:4300\"", "Nats:Host", "::1" },
        { "top level", "listen", "-1", "Nats:Port", "0" },
        { "top level", "host", "127.0.0.2", "Nats:Host", "127.0.0.2" },
        { "top level", "port", "4300", "Nats:Port", "4300" },
        { "top level", "port", "-1", "Nats:Port", "0" },
        { "top level", "client_advertise", "a:1", "Nats:ClientAdvertise", "a:1" },
        { "top level", "server_name", "a", "Nats:ServerName", "a" },
        { "top level", "server_tags", "[a, \"b\"]", "", "" },
        { "top level", "server_metadata", "{ a: b }", "", "" },
        { "top level", "strict", "true", "", "" },
        { "top level", "http", "\"127.0.0.2:8300\"", "Urls", "http://127.0.0.2:8300" },
        { "top level", "http", "\"[::1]:8300\"", "Urls", "http://[::1]:8300" },
        { "top level", "https", "8300", "Urls", "https://0.0.0.0:8300" },
        { "top level", "http_port", "8300", "Urls", "http://0.0.0.0:8300" },
        { "top level", "https_port", "8300", "Urls", "https://0.0.0.0:8300" },
        { "top level", "http_base_path", "/nats", "Nats:Monitoring:BasePath", "/nats" },
        { "top level", "monitor_cors", "\"*\"", "Nats:Monitoring:Cors", "*" },
        { "top level", "prof_port", "0", "", "" },
        { "top level", "prof_block_rate", "1", "", "" },
        { "top level", "debug", "on", "Nats:Logging:Debug", "true" },
        { "top level", "trace", "true", "Nats:Logging:Trace", "true" },
        { "top level", "trace_verbose", "true", "Nats:Logging:TraceVerbose", "true" },
        { "top level", "trace_verbose", "true", "Nats:Logging:Trace", "true" },
        { "top level", "trace_headers", "true", "Nats:Logging:TraceHeaders", "true" },
        { "top level", "logtime", "false", "Nats:Logging:Time", "false" },
        { "top level", "logtime_utc", "true", "Nats:Logging:TimeUtc", "true" },
        { "top level", "log_file", "\"/var/log/nats.log\"", "Nats:Logging:File", "/var/log/nats.log" },
        { "top level", "log_size_limit", "1MB", "Nats:Logging:SizeLimit", "1048576" },
        { "top level", "log_max_num", "5", "Nats:Logging:MaxFiles", "5" },
        { "top level", "syslog", "true", "Nats:Logging:Syslog", "true" },
        { "top level", "remote_syslog", "\"udp://localhost:514\"", "Nats:Logging:RemoteSyslog", "udp://localhost:514" },
        { "top level", "max_traced_msg_len", "100", "Nats:Logging:MaxTracedMessageLength", "100" },
        { "top level", "pid_file", "\"/run/nats.pid\"", "Nats:PidFile", "/run/nats.pid" },
        { "top level", "ports_file_dir", "\"/run\"", "Nats:PortsFileDir", "/run" },
        { "top level", "max_connections", "100", "Nats:Limits:MaxConnections", "100" },
        { "top level", "max_connections", "0", "Nats:Limits:MaxConnections", "0" },
        { "top level", "max_connections", "-1", "Nats:Limits:MaxConnections", "0" },
        { "top level", "max_subscriptions", "-1", "Nats:Limits:MaxSubscriptions", "0" },
        { "top level", "max_sub_tokens", "16", "Nats:Limits:MaxSubscriptionTokens", "16" },
        { "top level", "max_control_line", "2KB", "Nats:Limits:MaxControlLine", "2048" },
        { "top level", "max_payload", "2MB", "Nats:Limits:MaxPayload", "2097152" },
        { "top level", "max_payload", "0", "", "" },
        { "top level", "max_pending", "128MB", "Nats:Limits:MaxPending", "134217728" },
        { "top level", "max_closed_clients", "5", "Nats:Limits:MaxClosedClients", "5" },
        { "top level", "ping_interval", "\"30s\"", "Nats:KeepAlive:PingInterval", "00:00:30" },
        { "top level", "ping_max", "3", "Nats:KeepAlive:PingMax", "3" },
        { "top level", "write_deadline", "\"1.5s\"", "Nats:SlowConsumers:WriteDeadline", "00:00:01.5000000" },
        { "top level", "write_timeout", "close", "", "" },
        { "top level", "no_fast_producer_stall", "true", "Nats:SlowConsumers:NoFastProducerStall", "true" },
        { "top level", "lame_duck_duration", "\"1m\"", "Nats:LameDuck:Duration", "00:01:00" },
        { "top level", "lame_duck_grace_period", "\"5s\"", "Nats:LameDuck:GracePeriod", "00:00:05" },
        { "top level", "no_header_support", "true", "Nats:NoHeaderSupport", "true" },
        { "top level", "disable_sublist_cache", "true", "Nats:DisableSublistCache", "true" },
        { "top level", "authorization", "{ user: a }", "Nats:Authorization:User", "a" },
        { "top level", "accounts", "{ A {} }", "Nats:Accounts:0:Name", "A" },
        { "top level", "accounts", "[A, B ]", "Nats:Accounts:1:Name", "B" },
        { "top level", "mappings", "{ a: b }", "Nats:Mappings:0:Source", "a" },
        { "top level", "mappings", "{ a: b }", "Nats:Mappings:0:Destinations:0:Destination", "b" },
        { "top level", "mappings", "{ a: b }", "Nats:Mappings:0:Destinations:0:Weight", "100" },
        { "top level", "mappings", "{ a: [ { dest: b, weight: \"30%\" }, { dest: c, weight: 70 } ] }", "Nats:Mappings:0:Destinations:1:Weight", "70" },
        { "top level", "no_auth_user", "a", "Nats:NoAuthUser", "a" },
        { "top level", "system_account", "SYS", "Nats:SystemAccount", "SYS" },
        { "top level", "no_system_account", "true", "Nats:NoSystemAccount", "true" },
        { "top level", "tls", "{ timeout: 3 }", "Nats:Tls:Timeout", "00:00:03" },
        { "top level", "allow_non_tls", "true", "Nats:AllowNonTls", "true" },
        { "top level", "proxy_protocol", "false", "", "" },
        { "top level", "proxies", "{}", "", "" },
        { "top level", "operator", "\"eyJhbGciOiJlZDI1NTE5In0.e30.c2ln\"", "Nats:Operators:0", "eyJhbGciOiJlZDI1NTE5In0.e30.c2ln" },
        { "top level", "trusted_keys", "[OAAACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB7JSU]", "Nats:TrustedKeys:0", "OAAACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB7JSU" },
        { "top level", "resolver", "MEMORY", "Nats:Resolver:Type", "MEMORY" },
        { "top level", "resolver", "URL(http://localhost:9090/jwt/)", "Nats:Resolver:Type", "http://localhost:9090/jwt/" },
        { "top level", "resolver", "{ type: full, dir: \"/jwt\" }", "Nats:Resolver:Type", "full" },
        { "top level", "resolver_tls", "{}", "", "" },
        { "top level", "resolver_preload", "{ A: \"eyJ.e30.c\" }", "Nats:ResolverPreload:0:Jwt", "eyJ.e30.c" },
        { "top level", "resolver_pinned_accounts", "[]", "", "" },
        { "top level", "default_sentinel", "\"\"", "", "" },
        { "top level", "ocsp", "false", "", "" },
        { "top level", "ocsp_cache", "true", "", "" },
        { "top level", "websocket", "{ port: 8080 }", "Nats:WebSocket:Port", "8080" },
        { "top level", "cluster", "{ name: C }", "", "" },
        { "top level", "leafnodes", "{ remotes: [] }", "", "" },
        { "top level", "gateway", "{}", "", "" },
        { "top level", "mqtt", "{}", "", "" },
        { "top level", "connect_error_reports", "5", "", "" },
        { "top level", "reconnect_error_reports", "5", "", "" },
        { "top level", "jetstream", "disabled", "", "" },
        { "top level", "store_dir", "\"/data\"", "", "" },
        { "top level", "default_js_domain", "{ A: b }", "", "" },
        { "top level", "feature_flags", "{ a: false }", "", "" },

        { "authorization", "user", "a", "Nats:Authorization:User", "a" },
        { "authorization", "password", "b", "Nats:Authorization:Password", "b" },
        { "authorization", "token", "c", "Nats:Authorization:Token", "c" },
        { "authorization", "timeout", "1.5", "Nats:Authorization:Timeout", "00:00:01.5000000" },
        { "authorization", "timeout", "\"3s\"", "Nats:Authorization:Timeout", "00:00:03" },
        { "authorization", "users", "[ { user: a }, { user: b } ]", "Nats:Authorization:Users:1:User", "b" },
        { "authorization", "default_permissions", "{ publish: a }", "Nats:Authorization:DefaultPermissions:Publish:Allow:0", "a" },
        { "authorization", "auth_callout", "{ issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA, auth_users: [a] }", "Nats:Authorization:AuthCallout:AuthUsers:0", "a" },
        { "authorization", "proxy_required", "false", "", "" },

        { "user", "user", "a", "Nats:Authorization:Users:0:User", "a" },
        { "user", "password", "b\n user: a", "Nats:Authorization:Users:0:Password", "b" },
        { "user", "nkey", "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4", "Nats:Authorization:Users:0:Nkey", "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4" },
        { "user", "permissions", "{ subscribe: a }\n user: a", "Nats:Authorization:Users:0:Permissions:Subscribe:Allow:0", "a" },
        { "user", "allowed_connection_types", "[websocket, \"standard\"]\n user: a", "Nats:Authorization:Users:0:AllowedConnectionTypes:0", "WEBSOCKET" },
        { "user", "proxy_required", "false\n user: a", "", "" },

        { "auth_callout", "issuer", "ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA\n users: [a]", "Nats:Authorization:AuthCallout:Issuer", "ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA" },
        { "auth_callout", "account", "A\n issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA\n users: [a]", "Nats:Authorization:AuthCallout:Account", "A" },
        { "auth_callout", "auth_users", "[a]\n issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA", "Nats:Authorization:AuthCallout:AuthUsers:0", "a" },
        { "auth_callout", "xkey", "XAAACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB7QO7\n issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA\n users: [a]", "Nats:Authorization:AuthCallout:XKey", "XAAACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB7QO7" },
        { "auth_callout", "allowed_accounts", "[\"$G\"]\n issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA\n users: [a]", "Nats:Authorization:AuthCallout:AllowedAccounts:0", "$G" },

        { "permissions", "publish", "a", "Nats:Authorization:DefaultPermissions:Publish:Allow:0", "a" },
        { "permissions", "publish", "[a, \"b.>\"]", "Nats:Authorization:DefaultPermissions:Publish:Allow:1", "b.>" },
        { "permissions", "publish", "{ deny: a }", "Nats:Authorization:DefaultPermissions:Publish:Deny:0", "a" },
        { "permissions", "subscribe", "\"a q\"", "Nats:Authorization:DefaultPermissions:Subscribe:Allow:0", "a q" },
        { "permissions", "subscribe", "{ allow: [a, \"b\"] }", "Nats:Authorization:DefaultPermissions:Subscribe:Allow:1", "b" },
        { "permissions", "allow_responses", "true", "Nats:Authorization:DefaultPermissions:AllowResponses:Max", "1" },
        { "permissions", "allow_responses", "true", "Nats:Authorization:DefaultPermissions:AllowResponses:Expires", "00:02:00" },
        { "permissions", "allow_responses", "false", "", "" },

        { "allow_responses", "max", "5", "Nats:Authorization:DefaultPermissions:AllowResponses:Max", "5" },
        { "allow_responses", "max", "-1", "Nats:Authorization:DefaultPermissions:AllowResponses:Max", "-1" },
        { "allow_responses", "max", "0", "Nats:Authorization:DefaultPermissions:AllowResponses:Max", "1" },
        { "allow_responses", "expires", "\"5s\"", "Nats:Authorization:DefaultPermissions:AllowResponses:Expires", "00:00:05" },
        { "allow_responses", "expires", "\"-1s\"", "Nats:Authorization:DefaultPermissions:AllowResponses:Expires", "-00:00:01" },

        { "account", "nkey", "ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA", "Nats:Accounts:0:Nkey", "ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA" },
        { "account", "users", "[ { user: a, password: b } ]", "Nats:Accounts:0:Users:0:User", "a" },
        { "account", "exports", "[ { stream: a } ]", "Nats:Accounts:0:Exports:0:Stream", "a" },
        { "account", "imports", "[ { prefix: p } ]", "Nats:Accounts:0:Imports:0:Prefix", "p" },
        { "account", "mappings", "{ a: b }", "Nats:Accounts:0:Mappings:0:Source", "a" },
        { "account", "default_permissions", "{ publish: a }", "Nats:Accounts:0:DefaultPermissions:Publish:Allow:0", "a" },
        { "account", "limits", "{ max_conn: 5 }", "Nats:Accounts:0:Limits:MaxConnections", "5" },
        { "account", "msg_trace", "a", "Nats:Accounts:0:MessageTrace:Destination", "a" },
        { "account", "jetstream", "disabled", "", "" },

        { "export", "stream", "a", "Nats:Accounts:0:Exports:0:Stream", "a" },
        { "export", "service", "a", "Nats:Accounts:0:Exports:0:Service", "a" },
        { "export", "accounts", "[A]\n stream: a", "Nats:Accounts:0:Exports:0:Accounts:0", "A" },
        { "export", "response_type", "single\n service: a", "Nats:Accounts:0:Exports:0:ResponseType", "Singleton" },
        { "export", "response_type", "Chunked\n service: a", "Nats:Accounts:0:Exports:0:ResponseType", "Chunked" },
        { "export", "response_threshold", "\"1s\"\n service: a", "Nats:Accounts:0:Exports:0:ResponseThreshold", "00:00:01" },
        { "export", "latency", "l\n service: a", "Nats:Accounts:0:Exports:0:Latency:Subject", "l" },
        { "export", "account_token_position", "2\n service: \"a.*\"", "Nats:Accounts:0:Exports:0:AccountTokenPosition", "2" },
        { "export", "allow_trace", "true\n service: a", "Nats:Accounts:0:Exports:0:AllowTrace", "true" },

        { "latency", "sampling", "\"50%\"\n subject: l", "Nats:Accounts:0:Exports:0:Latency:Sampling", "50" },
        { "latency", "sampling", "headers\n subject: l", "Nats:Accounts:0:Exports:0:Latency:Sampling", "0" },
        { "latency", "subject", "l", "Nats:Accounts:0:Exports:0:Latency:Subject", "l" },

        { "import", "stream", "{ account: A, subject: a }", "Nats:Accounts:0:Imports:0:Stream:Account", "A" },
        { "import", "service", "{ account: A, subject: a }", "Nats:Accounts:0:Imports:0:Service:Subject", "a" },
        { "import", "prefix", "p", "Nats:Accounts:0:Imports:0:Prefix", "p" },
        { "import", "to", "t", "Nats:Accounts:0:Imports:0:To", "t" },
        { "import", "share", "true", "Nats:Accounts:0:Imports:0:Share", "true" },
        { "import", "allow_trace", "true", "Nats:Accounts:0:Imports:0:AllowTrace", "true" },

        { "import source", "account", "A\n subject: a", "Nats:Accounts:0:Imports:0:Stream:Account", "A" },
        { "import source", "subject", "a\n account: A", "Nats:Accounts:0:Imports:0:Stream:Subject", "a" },

        { "limits", "max_connections", "1", "Nats:Accounts:0:Limits:MaxConnections", "1" },
        { "limits", "max_subscriptions", "2", "Nats:Accounts:0:Limits:MaxSubscriptions", "2" },
        { "limits", "max_payload", "1KB", "Nats:Accounts:0:Limits:MaxPayload", "1024" },
        { "limits", "max_leafnodes", "-1", "Nats:Accounts:0:Limits:MaxLeafs", "-1" },

        { "msg_trace", "dest", "a.b", "Nats:Accounts:0:MessageTrace:Destination", "a.b" },
        { "msg_trace", "sampling", "\"10%\"\n dest: a", "Nats:Accounts:0:MessageTrace:Sampling", "10" },

        { "mapping destination", "destination", "b\n weight: 5", "Nats:Mappings:0:Destinations:0:Destination", "b" },
        { "mapping destination", "weight", "\"50%\"", "Nats:Mappings:0:Destinations:0:Weight", "50" },
        { "mapping destination", "cluster", "C", "Nats:Mappings:0:Destinations:0:Cluster", "C" },

        { "tls", "verify", "true", "Nats:Tls:Verify", "true" },
        { "tls", "verify_and_map", "true", "Nats:Tls:VerifyAndMap", "true" },
        { "tls", "verify_cert_and_check_known_urls", "false", "", "" },
        { "tls", "insecure", "true", "", "" },
        { "tls", "cipher_suites", "[TLS_AES_256_GCM_SHA384]", "Nats:Tls:CipherSuites:0", "TLS_AES_256_GCM_SHA384" },
        { "tls", "allow_insecure_cipher_suites", "false", "", "" },
        { "tls", "min_version", "\"1.3\"", "Nats:Tls:MinVersion", "1.3" },
        { "tls", "timeout", "\"500ms\"", "Nats:Tls:Timeout", "00:00:00.5000000" },
        { "tls", "connection_rate_limit", "5", "Nats:Tls:ConnectionRateLimit", "5" },
        { "tls", "pinned_certs", "[\"7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069\"]", "Nats:Tls:PinnedCerts:0", "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069" },
        { "tls", "handshake_first", "true", "Nats:Tls:HandshakeFirst", "true" },
        { "tls", "handshake_first", "auto", "Nats:Tls:HandshakeFirst", "auto" },
        { "tls", "handshake_first", "\"300ms\"", "Nats:Tls:HandshakeFirst", "00:00:00.3000000" },

        { "websocket", "listen", "\"127.0.0.1:8080\"", "Nats:WebSocket:Host", "127.0.0.1" },
        { "websocket", "host", "127.0.0.1", "Nats:WebSocket:Host", "127.0.0.1" },
        { "websocket", "port", "8080", "Nats:WebSocket:Port", "8080" },
        { "websocket", "advertise", "\"a:1\"", "Nats:WebSocket:Advertise", "a:1" },
        { "websocket", "no_tls", "true", "Nats:WebSocket:NoTls", "true" },
        { "websocket", "tls", "{ verify: true }", "Nats:WebSocket:Tls:Verify", "true" },
        { "websocket", "same_origin", "true", "Nats:WebSocket:SameOrigin", "true" },
        { "websocket", "allowed_origins", "[\"http://a\"]", "Nats:WebSocket:AllowedOrigins:0", "http://a" },
        { "websocket", "handshake_timeout", "\"2s\"", "Nats:WebSocket:HandshakeTimeout", "00:00:02" },
        { "websocket", "handshake_timeout", "3", "Nats:WebSocket:HandshakeTimeout", "00:00:03" },
        { "websocket", "compression", "true", "Nats:WebSocket:Compression", "true" },
        { "websocket", "authorization", "{ username: a, password: b, token: c, timeout: 1 }", "Nats:WebSocket:Authorization:User", "a" },
        { "websocket", "authorization", "{ username: a, password: b, token: c, timeout: 1 }", "Nats:WebSocket:Authorization:Timeout", "00:00:01" },
        { "websocket", "no_auth_user", "a", "Nats:WebSocket:NoAuthUser", "a" },
        { "websocket", "jwt_cookie", "j", "Nats:WebSocket:JwtCookie", "j" },
        { "websocket", "user_cookie", "u", "Nats:WebSocket:UserCookie", "u" },
        { "websocket", "pass_cookie", "p", "Nats:WebSocket:PassCookie", "p" },
        { "websocket", "token_cookie", "t", "Nats:WebSocket:TokenCookie", "t" },
        { "websocket", "headers", "{ X-A: b }", "Nats:WebSocket:Headers:X-A", "b" },
        { "websocket", "ping_interval", "\"20s\"", "Nats:WebSocket:PingInterval", "00:00:20" },

        { "resolver", "type", "cache\n dir: d", "Nats:Resolver:Type", "cache" },
        { "resolver", "dir", "d\n type: full", "Nats:Resolver:Dir", "d" },
        { "resolver", "allow_delete", "true\n type: full, dir: d", "Nats:Resolver:AllowDelete", "true" },
        { "resolver", "hard_delete", "false\n type: full, dir: d", "", "" },
        { "resolver", "limit", "5\n type: full, dir: d", "Nats:Resolver:Limit", "5" },
        { "resolver", "ttl", "\"1h\"\n type: cache, dir: d", "Nats:Resolver:Ttl", "01:00:00" },
        { "resolver", "interval", "\"1m\"\n type: full, dir: d", "Nats:Resolver:Interval", "00:01:00" },
        { "resolver", "timeout", "\"1s\"\n type: full, dir: d", "Nats:Resolver:Timeout", "00:00:01" },
    };

    // Keys that are only ever refused, or need files, or stand in a part that this server has not: known is all they must be.
    private static readonly string[] OnlyKnown =
    [
        "tls cert_file", "tls key_file", "tls ca_file", "tls certs", "tls curve_preferences", "tls cert_store", "tls ocsp_peer", "certs cert_file", "certs key_file",
    ];

    private static readonly string[] AbsentParts = ["jetstream", "cluster", "leafnodes", "gateway", "mqtt", "proxies"];

    public static TheoryData<string, string> Names =>
        [.. from block in ConfKeys.All from key in block.Block.Keys from name in key.AllNames select (block.Name, name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_key_becomes_its_option_under_each_of_its_names(string block, string key, string value, string option, string text)
    {
        foreach (string name in ConfKeys.All.Single(entry => entry.Name == block).Block.Find(key)!.AllNames)
        {
            var file = ConfText.Check(Wrappers[block].Replace("$", $"{name.ToUpperInvariant()}: {value}\n", StringComparison.Ordinal));

            Assert.Empty(file.Errors);
            Assert.Empty(file.Warnings);
            if (option.Length > 0)
            {
                Assert.Equal(text, file.Settings[option].Text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_name_is_known(string block, string name)
    {
        var file = ConfText.Check(Wrappers[block].Replace("$", $"{name}: true\n", StringComparison.Ordinal));

        Assert.DoesNotContain(file.Errors, error => error.Contains("nknown field", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_key_has_a_row()
    {
        var rows = Rows.Select(row => $"{row.Data.Item1} {row.Data.Item2}").Concat(OnlyKnown).ToHashSet();

        var missing = from block in ConfKeys.All
                      where !AbsentParts.Contains(block.Name)
                      from key in block.Block.Keys
                      where !rows.Contains($"{block.Name} {key.AllNames[0]}")
                      select $"{block.Name} {key.Names}";

        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("jetstream: true")]
    [InlineData("jetstream: enabled")]
    [InlineData("jetstream { store_dir: a }")]
    [InlineData("cluster { port: 6222 }")]
    [InlineData("leafnodes { port: 7422 }")]
    [InlineData("leafnodes { remotes: [ { url: \"nats://a\" } ] }")]
    [InlineData("gateway { name: A, port: 7222 }")]
    [InlineData("mqtt { port: 1883 }")]
    [InlineData("prof_port: 6060")]
    [InlineData("proxy_protocol: true")]
    [InlineData("ocsp: true")]
    [InlineData("default_sentinel: a")]
    public void What_is_missing_here_is_refused_where_it_is_switched_on(string text)
    {
        string key = text[..text.IndexOfAny([':', ' '])];

        Assert.Equal([$"nats.conf:1:0: {key} is not supported yet"], ConfText.Check(text).Errors);
    }

    [Theory]
    [InlineData("jetstream: false")]
    [InlineData("jetstream: disabled")]
    [InlineData("jetstream { enabled: false, store_dir: a }")]
    [InlineData("cluster { name: C, pool_size: 3 }")]
    [InlineData("leafnodes { reconnect: \"1s\" }")]
    [InlineData("mqtt { ack_wait: \"5s\" }")]
    public void What_is_missing_here_may_be_switched_off(string text)
    {
        Assert.Empty(ConfText.Check(text).Errors);
    }

    [Fact]
    public void Monitoring_listens_where_clients_do_unless_it_names_an_address()
    {
        Assert.Equal("http://127.0.0.2:8222", ConfText.Check("http_port: 8222\nhost: 127.0.0.2").Settings["Urls"].Text);
        Assert.Equal("http://127.0.0.1:8222", ConfText.Check("http_port: 8222\nstrict: true").Settings["Urls"].Text);
        Assert.Equal("http://0.0.0.0:8222;https://0.0.0.0:8443", ConfText.Check("http: 8222\nhttps: 8443").Settings["Urls"].Text);
        Assert.Equal("http://127.0.0.1:0", ConfText.Check("http: \"localhost:-1\"").Settings["Urls"].Text);
        Assert.DoesNotContain("Urls", ConfText.Check("http: 0").Settings.Keys);
    }
}
