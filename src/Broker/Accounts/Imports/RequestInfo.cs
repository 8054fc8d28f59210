using System.Text.Json;
using System.Text.Json.Serialization;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>Who sent a request: what a service of another account reads in the header <c>Nats-Request-Info</c>, and events of the system account say of a client.</summary>
/// <remarks>Fields stand in the order nats-server 2.15.1 writes them.</remarks>
internal sealed record RequestInfo
{
    /// <summary>Name of the header.</summary>
    public static ReadOnlySpan<byte> HeaderName => "Nats-Request-Info"u8;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTime Start { get; init; }

    public string? Host { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Id { get; init; }

    public required string Acc { get; init; }

    [JsonPropertyName("svc")]
    public string? Service { get; init; }

    public string? User { get; init; }

    public string? Name { get; init; }

    public string? Lang { get; init; }

    [JsonPropertyName("ver")]
    public string? Version { get; init; }

    /// <summary>Round trip in nanoseconds; 0 where none was measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Rtt { get; init; }

    public string? Server { get; init; }

    public string? Cluster { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTime Stop { get; init; }

    /// <summary>Who signed its JWT.</summary>
    public string? IssuerKey { get; init; }

    /// <summary>Display name of its account.</summary>
    public string? NameTag { get; init; }

    public string? Kind { get; init; }

    public string? ClientType { get; init; }

    /// <summary>The header's value.</summary>
    public byte[] ToJson() => GoJson.Bytes(this, RequestInfoJson.Write);
}

/// <summary>How it becomes JSON.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RequestInfo))]
internal sealed partial class RequestInfoJson : JsonSerializerContext
{
    public static void Write(Utf8JsonWriter writer, RequestInfo info) => Default.RequestInfoSerializeHandler(writer, info);
}
