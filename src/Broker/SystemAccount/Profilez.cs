using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>A profile of the process; this server has none of those that are asked for by name.</summary>
internal sealed record Profilez([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Profile, string Error);
