using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Admin.Feed;

/// <summary>Who gets what is published to a subject, or whose subscriptions overlap a pattern; and who is kept from it.</summary>
/// <param name="IsPattern">True where the question had wildcards, so that the answer is about overlap.</param>
/// <param name="Plain">Subscriptions that each get every message.</param>
/// <param name="Groups">Queue groups, of which one member gets each message.</param>
/// <param name="Exports">What the messages are in other accounts, which import them or serve them.</param>
/// <param name="Denials">Connected clients that may not publish there, or not listen there.</param>
/// <param name="IsCut">True where there are more than are listed.</param>
internal sealed record Receivers(
    bool IsPattern,
    IReadOnlyList<SubscriptionSnapshot> Plain,
    IReadOnlyList<IGrouping<string, SubscriptionSnapshot>> Groups,
    IReadOnlyList<SubscriptionSnapshot> Exports,
    IReadOnlyList<Denial> Denials,
    bool IsCut)
{
    /// <summary>Subscriptions that are listed, and denials.</summary>
    public const int MaxListed = 500;

    public bool IsEmpty => Plain.Count == 0 && Groups.Count == 0 && Exports.Count == 0;

    /// <summary>Answers the question for one account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="subject">A valid subject, or a pattern.</param>
    /// <param name="registry">The connections, whose permissions are asked.</param>
    public static Receivers Find(Account account, string subject, ConnectionRegistry registry)
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

        ILookup<bool, Subscription> byKind = found.ToLookup(static subscription => subscription.Subscriber is AccountLink or StreamImportLink);
        SubscriptionSnapshot[] listed = [.. byKind[false]
            .Where(subscription => isPattern || Refusal(subscription, bytes, registry) is null)
            .Take(MaxListed)
            .Select(subscription => SubscriptionSnapshot.Of(subscription, account.Name))];
        Denial[] denials = [.. FindDenials(account, bytes, isPattern, [.. byKind[false]], registry).Take(MaxListed + 1)];
        return new Receivers(
            isPattern,
            [.. listed.Where(static subscription => subscription.Queue.Length == 0)],
            [.. listed.Where(static subscription => subscription.Queue.Length > 0).GroupBy(static subscription => subscription.Queue, StringComparer.Ordinal)],
            [.. byKind[true].Take(MaxListed).Select(static subscription => SubscriptionSnapshot.Of(subscription, OtherSide(subscription.Subscriber)))],
            denials,
            found.Count > MaxListed || denials.Length > MaxListed);
    }

    /// <summary>True for what may be asked: a subscription's subject, without blanks and control characters.</summary>
    public static bool IsQuestion(string subject) =>
        SubjectRules.IsSafeSubscription(Encoding.UTF8.GetBytes(subject));

    private static string OtherSide(ISubscriber subscriber) => subscriber switch
    {
        StreamImportLink link => link.Import.To.Name,
        AccountLink { Gate: ServiceImport import } => import.Exporter.Name,
        _ => "", // back to whoever asked
    };

    // A wildcard subscription may be allowed where this one subject is not: its messages are passed over.
    private static string? Refusal(Subscription subscription, byte[] subject, ConnectionRegistry registry) =>
        registry.PermissionsOf(subscription.Subscriber.Id) is { } permissions ? PermissionLine.AgainstSubscribe(permissions, subject, subscription.Queue) : null;

    private static IEnumerable<Denial> FindDenials(Account account, byte[] subject, bool isPattern, List<Subscription> found, ConnectionRegistry registry)
    {
        string[] groups = [.. found.Select(static subscription => Encoding.UTF8.GetString(subscription.Queue)).Where(static queue => queue.Length > 0).Distinct()];
        ILookup<ulong, Subscription> subscriptions = found.ToLookup(static subscription => subscription.Subscriber.Id);
        foreach (ulong id in registry.Restricted(account).Order())
        {
            if (registry.PermissionsOf(id) is not { } permissions)
            {
                continue; // it went meanwhile
            }

            var against = Unheard(permissions, subject, groups, isPattern ? [] : subscriptions[id]);

            // Nobody publishes to a pattern.
            if (!isPattern && PermissionLine.AgainstPublish(permissions, subject) is { } line)
            {
                against = against.Prepend(("publish", line));
            }

            string user = registry.FindOpen(id, withSubscriptions: false)?.AuthorizedUser ?? "";
            foreach ((string act, string text) in against)
            {
                yield return new Denial(id, user, act, text);
            }
        }
    }

    // What keeps it from listening: alone, in one of the groups there are, or in spite of a subscription that it has.
    private static IEnumerable<(string Act, string Line)> Unheard(
        UserPermissions permissions, byte[] subject, string[] groups, IEnumerable<Subscription> subscriptions)
    {
        foreach (Subscription subscription in subscriptions)
        {
            if (PermissionLine.AgainstSubscribe(permissions, subject, subscription.Queue) is { } passedOver)
            {
                yield return ($"receive by its {Encoding.UTF8.GetString(subscription.Subject)}", passedOver);
            }
        }

        string? alone = PermissionLine.AgainstSubscribe(permissions, subject, []);
        if (alone is not null)
        {
            yield return ("subscribe", alone);
        }

        foreach (string group in groups)
        {
            if (PermissionLine.AgainstSubscribe(permissions, subject, Encoding.UTF8.GetBytes(group)) is { } line && line != alone)
            {
                yield return ($"join {group}", line);
            }
        }
    }
}
