using System.Text;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Feed;

/// <summary>What clients tried and may not do, in the last day, counted by who, from where and what.</summary>
internal sealed class SecurityEvents(TimeProvider time)
{
    /// <summary>Events kept apart; the one that was not seen for longest goes first.</summary>
    public const int MaxKept = 1000;

    /// <summary>How long one is kept after it was last seen.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string What, string User, string Address, string Subject), SecurityEvent> _events = [];

    /// <summary>All that is kept, the latest first.</summary>
    public SecurityEvent[] Latest()
    {
        DateTimeOffset oldest = time.GetUtcNow() - Kept;
        lock (_lock)
        {
            return [.. _events.Values.Where(known => known.Last >= oldest).OrderByDescending(static known => known.Last)];
        }
    }

    /// <summary>Takes note of what a client may not do. Called by the client's own thread.</summary>
    public void OnDenied(ClientConnection client, DeniedAct act, string subject)
    {
        string what = act switch { DeniedAct.LogIn => "log in", DeniedAct.Publish => "publish", _ => "subscribe" };
        Add(what, client, subject, () => Rule(client, subject, act == DeniedAct.Publish), () => act == DeniedAct.LogIn ? "" : Remedy(client, subject, what));
    }

    /// <summary>Takes note of a line of the log, where it is about a client with which something went wrong.</summary>
    /// <param name="id">What kind of line it is.</param>
    /// <param name="arguments">What stands in it, by name.</param>
    public void Note(EventId id, IReadOnlyList<KeyValuePair<string, object?>> arguments)
    {
        ClientConnection? client = Find(arguments, "Client") as ClientConnection;
        string subject = (Find(arguments, "Subject") as string ?? "").Trim('"'); // the log has it in quotes
        switch (id.Name)
        {
            case nameof(ConnectionLog.SubscriptionRevoked):
                Add("keep a subscription", client, subject, () => Rule(client, subject, isPublish: false), () => Remedy(client, subject, "subscribe"));
                break;
            case nameof(ConnectionLog.HandshakeFailed):
                Add("TLS handshake", client, "", () => Find(arguments, "Reason") as string ?? "", None);
                break;
            case nameof(ConnectionLog.ParserError):
                Add("speak the protocol", client, "", () => Find(arguments, "Error") as string ?? "", None);
                break;
            case nameof(AuthenticationLog.CalloutRefused):
                Add("log in by auth callout", null, "", () => Find(arguments, "Problem") as string ?? "", None, Find(arguments, "ConnectionId") is ulong cid ? cid : 0, Find(arguments, "Account") as string ?? "");
                break;
            default:
                break;
        }
    }

    private static object? Find(IReadOnlyList<KeyValuePair<string, object?>> arguments, string name)
    {
        foreach (var (key, value) in arguments)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    private static string Rule(ClientConnection? client, string subject, bool isPublish)
    {
        if (client?.User?.Permissions is not { } permissions)
        {
            return "";
        }

        byte[] bytes = Encoding.UTF8.GetBytes(subject);
        return (isPublish ? PermissionLine.AgainstPublish(permissions, bytes) : PermissionLine.AgainstSubscribe(permissions, bytes, [])) ?? "";
    }

    // The way there depends on where the user is configured; what has to change does not.
    private static string Remedy(ClientConnection? client, string subject, string act)
    {
        if (client?.User is not { Permissions: { } permissions } user)
        {
            return "";
        }

        byte[] bytes = Encoding.UTF8.GetBytes(subject);
        PermissionVerdict verdict = act == "publish" ? permissions.ExplainPublish(bytes) : permissions.ExplainSubscribe(bytes, []);
        string who = user.Name.Length > 0 ? $"user {user.Name}" : "the default permissions";
        return verdict.IsAllowed ? ""
            : verdict.Denial is { } denial ? $"{who}: without {PermissionLine.Of(act, denial)}"
            : $"{who}: {act}.allow: {subject}";
    }

    private static string None() => "";

    // Rule and remedy are asked for once: somebody may try the same a thousand times a second.
    private void Add(string what, ClientConnection? client, string subject, Func<string> rule, Func<string> remedy, ulong cid = 0, string account = "")
    {
        DateTimeOffset now = time.GetUtcNow();
        string user = client is null ? "" : client.Membership.ShownName(client.Options);
        string address = client?.Remote?.Address.ToString() ?? "";
        var key = (what, user, address, subject);
        lock (_lock)
        {
            if (_events.TryGetValue(key, out SecurityEvent? known))
            {
                _events[key] = known with { Count = known.Count + 1, Last = now, ConnectionId = client?.Id ?? cid };
                return;
            }
        }

        var one = new SecurityEvent(what, user, address, subject, client?.User?.Account.Name ?? account, rule(), remedy(), client?.Id ?? cid, 1, now, now);
        lock (_lock)
        {
            if (_events.ContainsKey(key))
            {
                return; // another of its connections at the same moment
            }

            if (_events.Count >= MaxKept)
            {
                _events.Remove(_events.MinBy(static pair => pair.Value.Last).Key);
            }

            _events.Add(key, one);
        }
    }
}
