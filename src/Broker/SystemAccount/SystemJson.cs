using System.Text.Json;
using System.Text.Json.Serialization;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>How what the system account says becomes JSON, where it is not also monitoring's.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
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
    public static void Write(Utf8JsonWriter writer, ServerDescription value) => Default.ServerDescriptionSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, ServerName value) => Default.ServerNameSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Statsz value) => Default.StatszSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, UserInfo value) => Default.UserInfoSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Profilez value) => Default.ProfilezSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, AnswerError value) => Default.AnswerErrorSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, AccountDetail value) => Default.AccountDetailSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, ClaimsAnswer value) => Default.ClaimsAnswerSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<string> value) => Default.IReadOnlyListStringSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, ClientEvent value) => Default.ClientEventSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, AccountConnectionsEvent value) => Default.AccountConnectionsEventSerializeHandler(writer, value);

    public static void Write(Utf8JsonWriter writer, Dictionary<string, string> value) => Default.DictionaryStringStringSerializeHandler(writer, value);
}
