using System.Buffers;
using System.Text.Json;

namespace NatsKestrel.Broker.Protocol;

/// <summary>JSON as nats-server writes it: snake case, what is absent left out, escaped as Go does.</summary>
/// <remarks>
/// Written by code that a <c>JsonSerializerContext</c> generates for each type, called without the serializer around it: that would
/// build a description of every type at run time, a tenth of the native file and the longest part of the way to the first INFO.
/// </remarks>
internal static class GoJson
{
    /// <summary>One line: the wire, and <c>/healthz</c>.</summary>
    public static readonly JsonWriterOptions Compact = new() { Encoder = GoJsonEncoder.Instance };

    /// <summary>Two spaces, line feeds on every system: the monitoring endpoints.</summary>
    public static readonly JsonWriterOptions Indented = Compact with { Indented = true, IndentSize = 2, NewLine = "\n" };

    /// <summary>Three spaces: the reference server's <c>/ipqueuesz</c> differs from the rest.</summary>
    public static readonly JsonWriterOptions IndentedByThree = Indented with { IndentSize = 3 };

    /// <summary>A value in one line.</summary>
    public static byte[] Bytes<T>(T value, Action<Utf8JsonWriter, T> write) => Bytes(value, write, Compact);

    /// <summary>A value in another layout.</summary>
    public static byte[] Bytes<T>(T value, Action<Utf8JsonWriter, T> write, JsonWriterOptions layout)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, layout))
        {
            write(writer, value);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
