using System.Text.Json;
using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Protocol;

/// <summary>How INFO becomes JSON.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerInfo))]
internal sealed partial class InfoJson : JsonSerializerContext
{
    public static void Write(Utf8JsonWriter writer, ServerInfo info) => Default.ServerInfoSerializeHandler(writer, info);
}
