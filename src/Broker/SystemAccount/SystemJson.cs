using System.Text.Json;
using System.Text.Json.Serialization;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>All JSON of the system account that is not also monitoring's.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ServerDescription))]
[JsonSerializable(typeof(ServerName))]
[JsonSerializable(typeof(Statsz))]
[JsonSerializable(typeof(UserInfo))]
[JsonSerializable(typeof(Profilez))]
[JsonSerializable(typeof(AnswerError))]
[JsonSerializable(typeof(AccountDetail))]
[JsonSerializable(typeof(ClaimsAnswer))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(ClientEvent))]
[JsonSerializable(typeof(AccountConnectionsEvent))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SystemJson : JsonSerializerContext
{
    public static readonly SystemJson Wire = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = GoJsonEncoder.Instance,
    });
}
