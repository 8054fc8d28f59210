using System.Text.Json;
using System.Text.Json.Serialization;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>All JSON of the monitoring endpoints: indented as the reference server's, absent where it leaves out what is empty.</summary>
/// <remarks>The options stand below and not in an attribute, because an attribute can name no encoder.</remarks>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Varz))]
[JsonSerializable(typeof(Connz))]
[JsonSerializable(typeof(Routez))]
[JsonSerializable(typeof(Gatewayz))]
[JsonSerializable(typeof(Leafz))]
[JsonSerializable(typeof(Subsz))]
[JsonSerializable(typeof(Accountz))]
[JsonSerializable(typeof(AccountStatz))]
[JsonSerializable(typeof(Jsz))]
[JsonSerializable(typeof(Healthz))]
[JsonSerializable(typeof(Slowz))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IpQueuez>))]
internal sealed partial class MonitoringJson : JsonSerializerContext
{
    /// <summary>Two spaces, line feeds on every system.</summary>
    public static readonly MonitoringJson Indented = Create(indentSize: 2);

    /// <summary>Three spaces: the reference server's <c>/ipqueuesz</c> and <c>/raftz</c> differ from the rest.</summary>
    public static readonly MonitoringJson IndentedByThree = Create(indentSize: 3);

    /// <summary>One line, for <c>/healthz</c>.</summary>
    public static readonly MonitoringJson Compact = Create(indentSize: 0);

    private static MonitoringJson Create(int indentSize) => new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = GoJsonEncoder.Instance,
        WriteIndented = indentSize > 0,
        IndentSize = indentSize,
        NewLine = "\n",
    });
}
