using System.Buffers;
using System.Text.Json;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Puts what is answered between the server's description and, where it failed, the error.</summary>
internal sealed class Envelope(ServerDescriber describer)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = GoJsonEncoder.Instance };

    /// <summary>The server alone: something was done.</summary>
    public byte[] Done() => WriteAfterServer(static _ => { });

    public byte[] Error(AnswerError error) => WriteAfterServer(writer => Property(writer, "error", error, SystemJson.Write));

    /// <summary>An error of one who should have answered with data.</summary>
    public byte[] NoData(AnswerError error) => WriteAfterServer(writer =>
    {
        writer.WriteNull("data");
        Property(writer, "error", error, SystemJson.Write);
    });

    /// <param name="name">What the data is called; nearly always just that.</param>
    /// <param name="data">The data.</param>
    /// <param name="write">How it becomes JSON.</param>
    public byte[] Data<T>(string name, T data, Action<Utf8JsonWriter, T> write) => WriteAfterServer(writer => Property(writer, name, data, write));

    /// <summary>Names of accounts, before the server for once: nats-server has them in the order of the alphabet.</summary>
    public byte[] List(IReadOnlyList<string> names) => Write(writer =>
    {
        Property(writer, "data", names, SystemJson.Write);
        WriteServer(writer);
    });

    private byte[] WriteAfterServer(Action<Utf8JsonWriter> rest) => Write(writer =>
    {
        WriteServer(writer);
        rest(writer);
    });

    private void WriteServer(Utf8JsonWriter writer) => Property(writer, "server", describer.Next(), SystemJson.Write);

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Property<T>(Utf8JsonWriter writer, string name, T value, Action<Utf8JsonWriter, T> write)
    {
        writer.WritePropertyName(name);
        write(writer, value);
    }
}
