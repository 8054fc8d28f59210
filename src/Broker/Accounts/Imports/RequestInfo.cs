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

    public DateTime? Start { get; init; }

    public string? Host { get; init; }

    public ulong? Id { get; init; }

    public required string Acc { get; init; }

    [JsonPropertyName("svc")]
    public string? Service { get; init; }

    public string? User { get; init; }

    public string? Name { get; init; }

    public string? Lang { get; init; }

    [JsonPropertyName("ver")]
    public string? Version { get; init; }

    /// <summary>Round trip in nanoseconds; null where none was measured.</summary>
    public long? Rtt { get; init; }

    public string? Server { get; init; }

    public string? Cluster { get; init; }

    public DateTime? Stop { get; init; }

    /// <summary>Who signed its JWT.</summary>
    public string? IssuerKey { get; init; }

    /// <summary>Display name of its account.</summary>
    public string? NameTag { get; init; }

    public string? Kind { get; init; }

    public string? ClientType { get; init; }

    /// <summary>The header's value.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RequestInfoJson.Wire.RequestInfo);
}

/// <summary>How it becomes JSON: snake case, nulls left out, escaped as Go does.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RequestInfo))]
internal sealed partial class RequestInfoJson : JsonSerializerContext
{
    public static RequestInfoJson Wire => field ??= new(new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = GoJsonEncoder.Instance });
}
