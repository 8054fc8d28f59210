using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>One subscription in <c>/connz?subs=detail</c> and <c>/subsz?subs=1</c>.</summary>
/// <param name="Account">Its account; only in <c>/subsz</c>.</param>
/// <param name="AccountTag">Display name of its account; only in <c>/subsz</c>.</param>
/// <param name="Subject">Subject it listens to, wildcards included.</param>
/// <param name="Qgroup">Queue group; absent for a plain subscription.</param>
/// <param name="Sid">Number the client gave it.</param>
/// <param name="Msgs">Messages delivered to it.</param>
/// <param name="Max">Deliveries after which it ends by itself; absent without such a limit.</param>
/// <param name="Cid">Connection that holds it.</param>
internal sealed record SubscriptionDetail(
    string? Account,
    string? AccountTag,
    string Subject,
    string? Qgroup,
    string Sid,
    long Msgs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Max,
    ulong Cid);
