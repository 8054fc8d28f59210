using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>One queue between parts of the server in <c>/ipqueuesz</c>. This server has none, so none is listed.</summary>
/// <param name="Pending">Entries that wait.</param>
/// <param name="InProgress">Entries taken out and not yet done; absent for none.</param>
internal sealed record IpQueuez(
    int Pending,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int InProgress);
