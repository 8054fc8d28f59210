using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Admin.Feed;

/// <summary>Who gets what is published to a subject, or whose subscriptions overlap a pattern.</summary>
/// <param name="IsPattern">True where the question had wildcards, so that the answer is about overlap.</param>
/// <param name="Plain">Subscriptions that each get every message.</param>
/// <param name="Groups">Queue groups, of which one member gets each message.</param>
/// <param name="IsCut">True where there are more than are listed.</param>
internal sealed record Receivers(
    bool IsPattern, IReadOnlyList<SubscriptionSnapshot> Plain, IReadOnlyList<IGrouping<string, SubscriptionSnapshot>> Groups, bool IsCut)
{
    /// <summary>Subscriptions that are listed.</summary>
    public const int MaxListed = 500;

    public bool IsEmpty => Plain.Count == 0 && Groups.Count == 0;

    /// <summary>Answers the question for one account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="subject">A valid subject, or a pattern.</param>
    public static Receivers Find(Account account, string subject)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(subject);
        bool isPattern = !SubjectRules.IsValidPublish(bytes);
        var found = new List<Subscription>();
        if (isPattern)
        {
            account.Sublist.CopyOverlapping(bytes, found, MaxListed + 1);
        }
        else
        {
            account.Sublist.CopyMatching(bytes, found);
        }

        SubscriptionSnapshot[] listed = [.. found.Take(MaxListed).Select(subscription => SubscriptionSnapshot.Of(subscription, account.Name))];
        return new Receivers(
            isPattern,
            [.. listed.Where(static subscription => subscription.Queue.Length == 0)],
            [.. listed.Where(static subscription => subscription.Queue.Length > 0).GroupBy(static subscription => subscription.Queue, StringComparer.Ordinal)],
            found.Count > MaxListed);
    }

    /// <summary>True for what may be asked: a subscription's subject, without blanks and control characters.</summary>
    public static bool IsQuestion(string subject) =>
        SubjectRules.IsSafeSubscription(Encoding.UTF8.GetBytes(subject));
}
