using System.Text;
using NatsKestrel.Broker.Accounts;

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
    ulong ConnectionId, string AccountName, string Subject, string Queue, string Sid, long Delivered, long Max)
{
    public static SubscriptionSnapshot Of(Subscription subscription, string accountName) => new(
        subscription.Subscriber.Id,
        accountName,
        Encoding.UTF8.GetString(subscription.Subject),
        Encoding.UTF8.GetString(subscription.Queue),
        Encoding.UTF8.GetString(subscription.Sid),
        subscription.Delivered,
        subscription.Max);

    public static SubscriptionSnapshot[] All(ReadOnlySpan<Subscription> subscriptions, string accountName)
    {
        var snapshots = new SubscriptionSnapshot[subscriptions.Length];
        for (int i = 0; i < snapshots.Length; i++)
        {
            snapshots[i] = Of(subscriptions[i], accountName);
        }

        return snapshots;
    }
}
