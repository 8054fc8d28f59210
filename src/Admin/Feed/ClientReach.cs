using System.Text;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Admin.Feed;

/// <summary>A subject as one client has it.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="By">The subscriptions by which it gets what is published there; empty where it has none that does.</param>
/// <param name="AgainstReceive">The permission line that keeps it from listening there; null where none does.</param>
/// <param name="AgainstPublish">The permission line that keeps it from publishing there; null where none does.</param>
internal sealed record ClientReach(string Subject, IReadOnlyList<string> By, string? AgainstReceive, string? AgainstPublish)
{
    /// <summary>What a client gets of these subjects, what it could get, and what it may publish to.</summary>
    /// <param name="client">The client, with its subscriptions.</param>
    /// <param name="permissions">What it may do; null for everything.</param>
    /// <param name="subjects">Subjects without wildcards.</param>
    public static IEnumerable<ClientReach> Of(ConnectionSnapshot client, UserPermissions? permissions, IEnumerable<string> subjects)
    {
        (byte[] Pattern, byte[] Queue, string Text)[] subscriptions = [.. client.Subscriptions.Select(static subscription =>
            (Encoding.UTF8.GetBytes(subscription.Subject), Encoding.UTF8.GetBytes(subscription.Queue), $"{subscription.Subject} {subscription.Queue}".TrimEnd()))];
        foreach (string subject in subjects)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(subject);
            string[] by = [.. subscriptions
                .Where(subscription => SubjectRules.Matches(subscription.Pattern, bytes) && permissions?.ExplainSubscribe(bytes, subscription.Queue).IsAllowed != false)
                .Select(static subscription => subscription.Text)];
            yield return new ClientReach(
                subject,
                by,
                by.Length > 0 || permissions is null ? null : PermissionLine.AgainstSubscribe(permissions, bytes, []),
                permissions is null ? null : PermissionLine.AgainstPublish(permissions, bytes));
        }
    }

    /// <summary>The denials within what a subscription asks for, as permission lines.</summary>
    public static string[] Exceptions(SubscriptionSnapshot subscription, UserPermissions? permissions) => permissions?.Subscribe is not { } filter ? [] :
        [.. filter.DenialsWithin(Encoding.UTF8.GetBytes(subscription.Subject), Encoding.UTF8.GetBytes(subscription.Queue)).Select(static denial => PermissionLine.Of("subscribe", denial))];
}
