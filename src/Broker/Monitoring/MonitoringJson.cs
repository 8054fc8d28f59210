using System.Text.Json;
using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>How the answers of the monitoring endpoints become JSON.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Varz))]
[JsonSerializable(typeof(Connz))]
[JsonSerializable(typeof(ConnzEntry))]
[JsonSerializable(typeof(Routez))]
[JsonSerializable(typeof(Gatewayz))]
[JsonSerializable(typeof(Leafz))]
[JsonSerializable(typeof(Subsz))]
[JsonSerializable(typeof(SubscriptionDetail))]
[JsonSerializable(typeof(Accountz))]
[JsonSerializable(typeof(AccountStatz))]
[JsonSerializable(typeof(Jsz))]
[JsonSerializable(typeof(Healthz))]
[JsonSerializable(typeof(Slowz))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IpQueuez>))]
internal sealed partial class MonitoringJson : JsonSerializerContext
{
    public static void Write(Utf8JsonWriter writer, Varz value) => Default.VarzSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Connz value) => Default.ConnzSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, ConnzEntry value) => Default.ConnzEntrySerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Routez value) => Default.RoutezSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Gatewayz value) => Default.GatewayzSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Leafz value) => Default.LeafzSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Subsz value) => Default.SubszSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, SubscriptionDetail value) => Default.SubscriptionDetailSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Accountz value) => Default.AccountzSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, AccountStatz value) => Default.AccountStatzSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Jsz value) => Default.JszSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Healthz value) => Default.HealthzSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Slowz value) => Default.SlowzSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, IpQueuez> value) => Default.IReadOnlyDictionaryStringIpQueuezSerializeHandler(writer, value);
}
