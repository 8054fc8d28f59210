namespace NatsKestrel.Server.Flags;

/// <summary>Every flag of nats-server 2.15.1, and <c>--strict</c>, which is ours.</summary>
internal static class FlagTable
{
    public const string Help = "help";
    public const string Version = "version";
    public const string TlsHelp = "help_tls";
    public const string Config = "config";
    public const string Check = "t";
    public const string Signal = "signal";
    public const string Port = "port";
    public const string HttpPort = "http_port";
    public const string HttpsPort = "https_port";
    public const string Strict = "strict";
    public const string VerboseTrace = "VV";
    public const string DebugTrace = "DV";
    public const string DebugVerboseTrace = "DVV";
    public const string Tls = "tls";
    public const string TlsVerify = "tlsverify";

    public static readonly Flag[] All =
    [
        new(FlagKind.Switch, Help, "h"),
        new(FlagKind.Switch, Version, "v"),
        new(FlagKind.Switch, TlsHelp),
        new(FlagKind.Text, Config, "c"),
        new(FlagKind.Switch, Check),
        new(FlagKind.Text, Signal, "sl"),
        new(FlagKind.Switch, Strict),

        new(FlagKind.Text, "addr", "a", "net") { Option = "Nats:Host" },
        new(FlagKind.Number, Port, "p"),
        new(FlagKind.Text, "server_name", "n", "name") { Option = "Nats:ServerName" },
        new(FlagKind.Text, "client_advertise") { Option = "Nats:ClientAdvertise" },
        new(FlagKind.Text, "pid", "P") { Option = "Nats:PidFile" },
        new(FlagKind.Text, "ports_file_dir") { Option = "Nats:PortsFileDir" },
        new(FlagKind.Number, HttpPort, "m"),
        new(FlagKind.Number, HttpsPort, "ms"),

        new(FlagKind.Text, "log", "l") { Option = "Nats:Logging:File" },
        new(FlagKind.Number, "log_size_limit") { Option = "Nats:Logging:SizeLimit" },
        new(FlagKind.Switch, "logtime", "T") { Option = "Nats:Logging:Time" },
        new(FlagKind.Switch, "logtime_utc") { Option = "Nats:Logging:TimeUtc" },
        new(FlagKind.Switch, "syslog", "s") { Option = "Nats:Logging:Syslog" },
        new(FlagKind.Text, "remote_syslog", "r") { Option = "Nats:Logging:RemoteSyslog" },
        new(FlagKind.Switch, "debug", "D") { Option = "Nats:Logging:Debug" },
        new(FlagKind.Switch, "trace", "V") { Option = "Nats:Logging:Trace" },
        new(FlagKind.Switch, VerboseTrace),
        new(FlagKind.Switch, DebugTrace),
        new(FlagKind.Switch, DebugVerboseTrace),
        new(FlagKind.Number, "max_traced_msg_len") { Option = "Nats:Logging:MaxTracedMessageLength" },

        new(FlagKind.Text, "user") { Option = "Nats:Authorization:User" },
        new(FlagKind.Text, "pass") { Option = "Nats:Authorization:Password" },
        new(FlagKind.Text, "auth") { Option = "Nats:Authorization:Token" },

        new(FlagKind.Switch, Tls),
        new(FlagKind.Switch, TlsVerify),
        new(FlagKind.Text, "tlscert") { Option = "Nats:Tls:CertFile" },
        new(FlagKind.Text, "tlskey") { Option = "Nats:Tls:KeyFile" },
        new(FlagKind.Text, "tlscacert") { Option = "Nats:Tls:CaFile" },

        new(FlagKind.Switch, "jetstream", "js") { Missing = "JetStream" },
        new(FlagKind.Text, "store_dir", "sd") { Missing = "JetStream" },
        new(FlagKind.Text, "cluster") { Missing = "Clustering" },
        new(FlagKind.Text, "cluster_listen") { Missing = "Clustering" },
        new(FlagKind.Text, "cluster_name") { Missing = "Clustering" },
        new(FlagKind.Text, "cluster_advertise") { Missing = "Clustering" },
        new(FlagKind.Switch, "no_advertise") { Missing = "Clustering" },
        new(FlagKind.Number, "connect_retries") { Missing = "Clustering" },
        new(FlagKind.Text, "routes") { Missing = "Clustering" },
        new(FlagKind.Number, "profile") { Missing = "Profiling over HTTP" },
    ];

    public static readonly IReadOnlyDictionary<string, Flag> ByName =
        All.SelectMany(flag => flag.Names.Select(name => (name, flag))).ToDictionary(pair => pair.name, pair => pair.flag, StringComparer.Ordinal);
}
