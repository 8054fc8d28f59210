using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Puts what is answered between the server's description and, where it failed, the error.</summary>
internal sealed class Envelope(ServerDescriber describer)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = GoJsonEncoder.Instance };

    /// <summary>The server alone: something was done.</summary>
    public byte[] Done() => Write(static _ => { });

    public byte[] Error(AnswerError error) => Write(writer => Property(writer, "error", error, SystemJson.Wire.AnswerError));

    /// <summary>An error of one who should have answered with data.</summary>
    public byte[] NoData(AnswerError error) => Write(writer =>
    {
        writer.WriteNull("data");
        Property(writer, "error", error, SystemJson.Wire.AnswerError);
    });

    /// <param name="name">What the data is called; nearly always just that.</param>
    /// <param name="data">The data.</param>
    /// <param name="type">How it becomes JSON.</param>
    public byte[] Data<T>(string name, T data, JsonTypeInfo<T> type) => Write(writer => Property(writer, name, data, type));

    private byte[] Write(Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            Property(writer, "server", describer.Next(), SystemJson.Wire.ServerDescription);
            rest(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Property<T>(Utf8JsonWriter writer, string name, T value, JsonTypeInfo<T> type)
    {
        writer.WritePropertyName(name);
        JsonSerializer.Serialize(writer, value, type);
    }
}
