using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>A trace as it is published: the server that traced, the message, and what happened to it, in order.</summary>
internal static class TraceReport
{
    /// <summary>Makes the report of a trace.</summary>
    /// <param name="trace">The trace, which is complete.</param>
    /// <param name="server">This server.</param>
    /// <param name="nameOf">The name of the client with a number; null where it has none or is gone.</param>
    public static byte[] ToJson(MessageTrace trace, ServerDescription server, Func<ulong, string?> nameOf) => GoJson.Bytes(trace, (writer, _) =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("server");
        TraceJson.Write(writer, server);
        writer.WriteStartObject("request");
        writer.WritePropertyName("header");
        TraceJson.Write(writer, Headers(trace.Header));
        writer.WriteNumber("msgsize", trace.MessageLength);
        writer.WriteEndObject();
        writer.WriteStartArray("events");
        foreach (TraceEvent happened in trace.Events)
        {
            Write(writer, happened, nameOf);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, TraceEvent happened, Func<ulong, string?> nameOf)
    {
        writer.WriteStartObject();
        writer.WriteString("type", happened.Type);
        writer.WriteString("ts", happened.Ts);
        if (happened.Cid is { } id)
        {
            writer.WriteNumber("kind", 0); // a client, the only kind of connection there is
            writer.WriteNumber("cid", id);
            WriteIfAny(writer, "name", nameOf(id));
        }

        WriteIfAny(writer, "acc", happened.Acc);
        WriteIfAny(writer, "subj", happened.Subj);
        WriteIfAny(writer, "from", happened.From);
        WriteIfAny(writer, "to", happened.To);
        WriteIfAny(writer, "sub", happened.Sub);
        WriteIfAny(writer, "queue", happened.Queue);
        WriteIfAny(writer, "error", happened.Error);
        writer.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static SortedDictionary<string, List<string>> Headers(byte[] block)
    {
        var headers = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(block).Split("\r\n").Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[(colon + 1)..].Trim() is { Length: > 0 } value)
            {
                string name = line[..colon];
                if (!headers.TryGetValue(name, out List<string>? values))
                {
                    headers[name] = values = [];
                }

                values.Add(value);
            }
        }

        return headers;
    }
}

/// <summary>How parts of a trace become JSON.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerDescription))]
[JsonSerializable(typeof(SortedDictionary<string, List<string>>))]
internal sealed partial class TraceJson : JsonSerializerContext
{
    public static void Write(Utf8JsonWriter writer, ServerDescription server) => Default.ServerDescriptionSerializeHandler(writer, server);

    public static void Write(Utf8JsonWriter writer, SortedDictionary<string, List<string>> headers) =>
        Default.SortedDictionaryStringListStringSerializeHandler(writer, headers);
}
