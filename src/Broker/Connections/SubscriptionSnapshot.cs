namespace NatsKestrel.Broker.Connections;

/// <summary>A subscription as it was at one moment.</summary>
/// <param name="ConnectionId">The connection that holds it.</param>
/// <param name="AccountName">Its account.</param>
/// <param name="Subject">Subject as text; bytes that are no UTF-8 show as U+FFFD.</param>
/// <param name="Queue">Queue group, or empty.</param>
/// <param name="Sid">The id the client gave it.</param>
/// <param name="Delivered">Messages delivered since it was made.</param>
/// <param name="Max">Deliveries in total after which it ends; 0 for none.</param>
internal sealed record SubscriptionSnapshot(
    ulong ConnectionId, string AccountName, string Subject, string Queue, string Sid, long Delivered, long Max);
