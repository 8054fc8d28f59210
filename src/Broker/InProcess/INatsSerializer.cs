using System.Buffers;

namespace NatsKestrel.Broker.InProcess;

/// <summary>Turns values into payloads and back: for channels of a type. Called by several threads at once.</summary>
public interface INatsSerializer<T>
{
    /// <summary>Writes the payload of a value.</summary>
    void Serialize(IBufferWriter<byte> payload, T value);

    /// <summary>Reads a value. What it throws makes the message one that cannot be read.</summary>
    T Deserialize(ReadOnlySpan<byte> payload);
}
