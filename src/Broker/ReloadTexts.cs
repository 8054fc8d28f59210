using System.Globalization;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Monitoring;

namespace NatsKestrel.Broker;

/// <summary>How nats-server names options when it reloads: its own names where it refuses, its lines where it applies.</summary>
internal static class ReloadTexts
{
    private static readonly Dictionary<string, string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Nats:Host"] = "Host",
        ["Nats:Port"] = "Port",
        ["Nats:ServerName"] = "ServerName",
        ["Nats:NoHeaderSupport"] = "NoHeaderSupport",
        ["Nats:DisableSublistCache"] = "NoSublistCache",
        ["Nats:NoAuthUser"] = "NoAuthUser",
        ["Nats:SystemAccount"] = "SystemAccount",
        ["Nats:NoSystemAccount"] = "NoSystemAccount",
        ["Nats:AllowNonTls"] = "AllowNonTLS",
        ["Nats:Limits:MaxPending"] = "MaxPending",
        ["Nats:Limits:MaxSubscriptions"] = "MaxSubs",
        ["Nats:Limits:MaxSubscriptionTokens"] = "MaxSubTokens",
        ["Nats:Limits:MaxClosedClients"] = "MaxClosedClients",
        ["Nats:LameDuck:Duration"] = "LameDuckDuration",
        ["Nats:LameDuck:GracePeriod"] = "LameDuckGracePeriod",
        ["Nats:Logging:SizeLimit"] = "LogSizeLimit",
        ["Nats:Logging:MaxFiles"] = "LogMaxFiles",
        ["Nats:Monitoring:BasePath"] = "HTTPBasePath",
        ["Urls"] = "HTTPPort",
    };

    private static readonly Dictionary<string, string> Applied = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Nats:ClientAdvertise"] = "Reload: client_advertise",
        ["Nats:PidFile"] = "Reloaded: pid_file",
        ["Nats:PortsFileDir"] = "Reloaded: ports_file_dir",
        ["Nats:Limits:MaxConnections"] = "Reloaded: max_connections",
        ["Nats:Limits:MaxPayload"] = "Reloaded: max_payload",
        ["Nats:Limits:MaxControlLine"] = "Reloaded: max_control_line",
        ["Nats:KeepAlive:PingInterval"] = "Reloaded: ping_interval",
        ["Nats:KeepAlive:PingMax"] = "Reloaded: ping_max",
        ["Nats:SlowConsumers:WriteDeadline"] = "Reloaded: write_deadline",
        ["Nats:Logging:Debug"] = "Reloaded: debug",
        ["Nats:Logging:Trace"] = "Reloaded: trace",
        ["Nats:Logging:TraceVerbose"] = "Reloaded: trace_verbose",
        ["Nats:Logging:TraceHeaders"] = "Reloaded: trace_headers",
        ["Nats:Logging:Time"] = "Reloaded: logtime",
        ["Nats:Logging:TimeUtc"] = "Reloaded: logtime_utc",
        ["Nats:Logging:File"] = "Reloaded: log_file",
        ["Nats:Logging:Syslog"] = "Reloaded: syslog",
        ["Nats:Logging:RemoteSyslog"] = "Reloaded: remote_syslog",
        ["Nats:Logging:MaxTracedMessageLength"] = "Reloaded: max_traced_msg_len",
    };

    /// <summary>Why an option keeps the reload from being applied.</summary>
    public static string NotSupported(string key, ReloadChange change)
    {
        // All of it is one option to nats-server, and there is a password in it.
        if (ReloadChange.IsAtOrBelow(key, "Nats:WebSocket"))
        {
            return $"config reload not supported for Websocket: {key}";
        }

        // Values only where it is known that they are no secrets.
        return !Refused.TryGetValue(key, out string? name) ? $"config reload not supported for {key}"
            : OptionKeys.All.TryGetValue(key, out var option) && option.Read(change.Current) is { } old && option.Read(change.Next) is { } next
                ? $"config reload not supported for {name}: old={Text(old)}, new={Text(next)}"
                : $"config reload not supported for {name}";
    }

    /// <summary>The line about a plain option that was applied; null for one whose part has lines of its own.</summary>
    public static string? Line(string key, NatsBrokerOptions next)
    {
        if (key.Equals("Nats:SlowConsumers:NoFastProducerStall", StringComparison.OrdinalIgnoreCase))
        {
            return next.SlowConsumers.NoFastProducerStall ? "Reloaded: fast producers will not be stalled" : "Reloaded: fast producers will be stalled";
        }

        return Applied.TryGetValue(key, out string? line) && OptionKeys.All.TryGetValue(key, out var option) ? $"{line} = {Text(option.Read(next))}" : null;
    }

    private static string? Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan span => GoText.Duration(span),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
