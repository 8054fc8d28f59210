using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NatsKestrel.Broker.InProcess;

/// <summary>Payloads in JSON, by source-generated code where the type information comes from a <c>JsonSerializerContext</c>.</summary>
public sealed class JsonPayload<T>(JsonTypeInfo<T> type) : INatsSerializer<T>
{
    /// <inheritdoc/>
    public void Serialize(IBufferWriter<byte> payload, T value)
    {
        using var writer = new Utf8JsonWriter(payload);
        JsonSerializer.Serialize(writer, value, type);
    }

    /// <inheritdoc/>
    public T Deserialize(ReadOnlySpan<byte> payload) => JsonSerializer.Deserialize(payload, type)!;
}
