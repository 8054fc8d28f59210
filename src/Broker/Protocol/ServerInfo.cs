using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Protocol;

/// <summary>What the server tells of itself in INFO. Fields stand in the order nats-server 2.15.1 sends them.</summary>
/// <remarks>Optional fields are left out when null, and booleans when false, as nats-server does.</remarks>
internal sealed record ServerInfo
{
    /// <summary>The server's public nkey, new at each start: <see cref="NkeyText.NewServerId"/>.</summary>
    public required string ServerId { get; init; }

    /// <summary>The configured name, else the same as <see cref="ServerId"/>.</summary>
    public required string ServerName { get; init; }

    public required string Version { get; init; }

    /// <summary>1: the server understands clients that take INFO at any time.</summary>
    public int Proto { get; init; } = 1;

    /// <summary>The runtime; clients ignore it, and the reference names its Go version here.</summary>
    public required string Go { get; init; }

    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>False only where headers are switched off.</summary>
    public required bool Headers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AuthRequired { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TlsRequired { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TlsVerify { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TlsAvailable { get; init; }

    /// <summary>Bytes; after CONNECT the limit that holds for this connection.</summary>
    public required int MaxPayload { get; init; }

    public required ulong ClientId { get; init; }

    /// <summary>The client's address without its port; null where it is not known yet.</summary>
    public string? ClientIp { get; init; }

    /// <summary>What an nkey login must sign; in the first INFO only.</summary>
    public string? Nonce { get; init; }

    /// <summary>Name of the cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary>Where else in the cluster a client can connect, each <c>host:port</c>.</summary>
    public IReadOnlyList<string>? ConnectUrls { get; init; }

    /// <summary>True in the lame duck notice.</summary>
    [JsonPropertyName("ldm")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LameDuck { get; init; }

    /// <summary>True in the INFO that follows CONNECT.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ConnectInfo { get; init; }

    /// <summary>Account the connection is bound to; with <see cref="ConnectInfo"/> only.</summary>
    public string? RemoteAccount { get; init; }

    /// <summary>True where that is the system account.</summary>
    [JsonPropertyName("acc_is_sys")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsSystemAccount { get; init; }

    /// <summary>JetStream API level of nats-server 2.15, sent with JetStream off as well.</summary>
    [JsonPropertyName("api_lvl")]
    public int ApiLevel { get; init; } = 5;

    /// <summary>The server's public curve key: <see cref="NkeyText.NewCurveKey"/>.</summary>
    public string? Xkey { get; init; }

    /// <summary>The whole line as sent. nats-server puts a blank before the line end, so do we.</summary>
    public byte[] ToLine() => [.. "INFO "u8, .. GoJson.Bytes(this, InfoJson.Write), .. " \r\n"u8];
}
