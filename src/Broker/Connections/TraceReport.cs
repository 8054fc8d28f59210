using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>A trace as it is published.</summary>
/// <param name="Server">The server that traced.</param>
/// <param name="Request">The message.</param>
/// <param name="Events">What happened to it, in order.</param>
internal sealed record TraceReport(ServerDescription Server, TracedMessage Request, IReadOnlyList<TraceEvent> Events)
{
    /// <summary>Makes the report of a trace.</summary>
    /// <param name="trace">The trace, which is complete.</param>
    /// <param name="server">This server.</param>
    /// <param name="nameOf">The name of the client with a number; null where it has none or is gone.</param>
    public static byte[] ToJson(MessageTrace trace, ServerDescription server, Func<ulong, string?> nameOf)
    {
        var events = trace.Events.Select(happened => happened.Cid is { } id ? happened with { Name = nameOf(id) } : happened).ToList();
        return JsonSerializer.SerializeToUtf8Bytes(
            new TraceReport(server, new TracedMessage(Headers(trace.Header), trace.MessageLength), events), TraceJson.Wire.TraceReport);
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

/// <summary>A message that was traced.</summary>
/// <param name="Header">Its headers.</param>
/// <param name="Msgsize">Its bytes, headers included.</param>
internal sealed record TracedMessage(SortedDictionary<string, List<string>> Header, int Msgsize);

/// <summary>How traces become JSON.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(TraceReport))]
internal sealed partial class TraceJson : JsonSerializerContext
{
    public static readonly TraceJson Wire = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = GoJsonEncoder.Instance,
    });
}
