using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using NatsKestrel.Broker.InProcess;

namespace NatsKestrel.WebGateway.Http;

/// <summary>A message as an event of <c>text/event-stream</c>: one line of JSON.</summary>
internal static class ServerSentEvent
{
    /// <summary>The bytes of the event, its empty line included.</summary>
    public static ReadOnlyMemory<byte> Of(NatsMessage message)
    {
        var target = new ArrayBufferWriter<byte>();
        target.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(target))
        {
            JsonSerializer.Serialize(writer, GatewayMessage.Of(message), EventJson.Default.GatewayMessage);
        }

        target.Write("\n\n"u8);
        return target.WrittenMemory;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GatewayMessage))]
internal sealed partial class EventJson : JsonSerializerContext;
