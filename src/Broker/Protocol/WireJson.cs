using System.Text.Json;
using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Protocol;

/// <summary>How records become JSON on the wire: snake case, nulls left out, escaped as Go does.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerInfo))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>The context to write with: unlike <see cref="Default"/> it has the wire's encoder, which no attribute can name.</summary>
    public static WireJson Wire => field ??= new(new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = GoJsonEncoder.Instance });
}
