using System.Text;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Permissions;

/// <summary>Subjects that are allowed and denied: immutable, shared by all connections of a user.</summary>
/// <remarks>
/// The lists are sublists, whose caches (a thousand subjects, a quarter of a megabyte each) make the usual decision a look-up.
/// </remarks>
internal sealed class SubjectFilter
{
    private static readonly SublistLimits Limits = new(MaxTokens: 0, CacheEntries: 1024, CacheBytes: 256 * 1024);

    private readonly Sublist<PermissionEntry>? _allowed;
    private readonly Sublist<PermissionEntry>? _denied;

    private SubjectFilter(Sublist<PermissionEntry>? allowed, Sublist<PermissionEntry>? denied)
    {
        _allowed = allowed;
        _denied = denied;
    }

    /// <summary>Makes a filter of valid lists.</summary>
    /// <param name="options">The lists; null or both empty for no filter.</param>
    /// <param name="nothingElse">True where an empty list of what is allowed means that nothing is, rather than everything.</param>
    public static SubjectFilter? From(SubjectPermissionOptions? options, bool nothingElse = false)
    {
        var allowed = ToSublist(options?.Allow) ?? (nothingElse ? new Sublist<PermissionEntry>(Limits) : null);
        var denied = ToSublist(options?.Deny);
        return allowed is null && denied is null ? null : new SubjectFilter(allowed, denied);
    }

    /// <summary>The one decision: whether a subject may be published to, subscribed to, or received from.</summary>
    /// <param name="subject">The subject; a subscription's wildcards are plain text here, as in nats-server.</param>
    /// <param name="queue">Queue group of a subscription, else empty.</param>
    /// <param name="scratch">The caller's own, used by one thread at a time.</param>
    public bool Allows(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue, MatchResult<PermissionEntry> scratch)
    {
        if (_allowed is not null && !IsAllowed(_allowed.Match(subject, scratch), queue))
        {
            return false;
        }

        return _denied is null || !IsDenied(_denied.Match(subject, scratch), queue);
    }

    /// <summary>True where a subscription that is allowed may still meet messages that are not: each must be looked at.</summary>
    public bool MustFilter(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue)
    {
        if (SubjectRules.IsLiteral(subject))
        {
            return false;
        }

        return (_allowed is not null && !IsCovered(_allowed, subject, queue)) || (_denied is not null && Overlaps(_denied, subject, queue));
    }

    private static bool IsAllowed(MatchResult<PermissionEntry> found, ReadOnlySpan<byte> queue) =>
        queue.IsEmpty || found.QueueCount == 0 ? found.PlainCount > 0 : IsAboutAny(found, queue);

    // nats-server lets a queue group through that one denial is not about, although another denies the subject to all.
    private static bool IsDenied(MatchResult<PermissionEntry> found, ReadOnlySpan<byte> queue) =>
        found.PlainCount > 0 || (!queue.IsEmpty && IsAboutAny(found, queue));

    private static bool IsAboutAny(MatchResult<PermissionEntry> found, ReadOnlySpan<byte> queue)
    {
        for (int i = 0; i < found.QueueCount; i++)
        {
            if (found.Queue(i)[0].IsAbout(queue))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCovered(Sublist<PermissionEntry> allowed, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue)
    {
        bool isCovered = false;
        foreach (PermissionEntry entry in allowed.Entries())
        {
            // Where an entry names queue groups, those alone may listen to its subject, whatever another entry allows.
            if (!queue.IsEmpty && !entry.Queue.IsEmpty && !entry.IsAbout(queue) && SubjectRules.Overlaps(entry.Subject, subject))
            {
                return false;
            }

            isCovered |= (entry.Queue.IsEmpty || entry.IsAbout(queue)) && SubjectRules.Covers(entry.Subject, subject);
        }

        return isCovered;
    }

    private static bool Overlaps(Sublist<PermissionEntry> denied, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue)
    {
        var overlapping = new List<PermissionEntry>();
        denied.CopyOverlapping(subject, overlapping);
        foreach (PermissionEntry entry in overlapping)
        {
            if (entry.Queue.IsEmpty || entry.IsAbout(queue))
            {
                return true;
            }
        }

        return false;
    }

    private static Sublist<PermissionEntry>? ToSublist(List<string>? subjects)
    {
        if (subjects is not { Count: > 0 })
        {
            return null;
        }

        var sublist = new Sublist<PermissionEntry>(Limits);
        foreach (string text in subjects)
        {
            string[] parts = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            sublist.Insert(new PermissionEntry(Encoding.UTF8.GetBytes(parts[0]), parts.Length > 1 ? Encoding.UTF8.GetBytes(parts[1]) : []));
        }

        return sublist;
    }
}
