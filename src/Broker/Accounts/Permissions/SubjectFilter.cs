using System.Text;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Permissions;

/// <summary>Subjects that are allowed and denied: immutable, shared by all connections of a user.</summary>
/// <remarks>
/// Both lists are one sublist, whose cache (four thousand subjects, half a megabyte at most) makes the usual decision one look-up.
/// </remarks>
internal sealed class SubjectFilter
{
    private static readonly SublistLimits Limits = new(MaxTokens: 0, CacheEntries: 4096, CacheBytes: 512 * 1024);

    private readonly Sublist<PermissionEntry> _rules = new(Limits);
    private readonly bool _allowsUnlessDenied;

    private SubjectFilter(SubjectPermissionOptions? options, bool allowsUnlessDenied)
    {
        _allowsUnlessDenied = allowsUnlessDenied;
        Add(options?.Allow, isDenial: false);
        Add(options?.Deny, isDenial: true);
    }

    /// <summary>Makes a filter of valid lists.</summary>
    /// <param name="options">The lists; null or both empty for no filter.</param>
    /// <param name="nothingElse">True where an empty list of what is allowed means that nothing is, rather than everything.</param>
    public static SubjectFilter? From(SubjectPermissionOptions? options, bool nothingElse = false)
    {
        bool allowsUnlessDenied = options is not { Allow.Count: > 0 } && !nothingElse;
        return allowsUnlessDenied && options is not { Deny.Count: > 0 } ? null : new SubjectFilter(options, allowsUnlessDenied);
    }

    /// <summary>The one decision: whether a subject may be published to, subscribed to, or received from.</summary>
    /// <param name="subject">The subject; a subscription's wildcards are plain text here, as in nats-server.</param>
    /// <param name="queue">Queue group of a subscription, else empty.</param>
    /// <param name="scratch">The caller's own, used by one thread at a time.</param>
    public bool Allows(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue, MatchResult<PermissionEntry> scratch) =>
        Allows(subject, queue, scratch, out _);

    /// <summary>The same with its reason, for people. Uses up nothing, from any thread.</summary>
    public PermissionVerdict Explain(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue) =>
        new(Allows(subject, queue, new MatchResult<PermissionEntry>(), out PermissionEntry? denial), denial);

    /// <summary>The denials within a subscription that is allowed: messages that it does not get.</summary>
    public IEnumerable<PermissionEntry> DenialsWithin(byte[] subject, byte[] queue) =>
        _rules.Entries().Where(entry => entry.IsDenial && (entry.Queue.IsEmpty || entry.IsAbout(queue)) && SubjectRules.Overlaps(entry.Subject, subject));

    private bool Allows(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue, MatchResult<PermissionEntry> scratch, out PermissionEntry? denial)
    {
        MatchResult<PermissionEntry> found = _rules.Match(subject, scratch);
        bool isAllowed = _allowsUnlessDenied;
        denial = null;
        foreach (PermissionEntry entry in found.Plain)
        {
            if (entry.IsDenial)
            {
                // nats-server lets a queue group through that another denial is not about.
                denial = entry;
                return false;
            }

            isAllowed = true;
        }

        return queue.IsEmpty || found.QueueCount == 0 ? isAllowed : AllowsGroup(found, queue, isAllowed, out denial);
    }

    // Where entries name queue groups, those alone are allowed, whatever other entries say.
    private bool AllowsGroup(MatchResult<PermissionEntry> found, ReadOnlySpan<byte> queue, bool isAllowedToAll, out PermissionEntry? denial)
    {
        bool namesGroups = false, isNamed = false;
        denial = null;
        for (int i = 0; i < found.QueueCount; i++)
        {
            foreach (PermissionEntry entry in found.Queue(i))
            {
                bool isAbout = entry.IsAbout(queue);
                if (entry.IsDenial && isAbout)
                {
                    denial = entry;
                    return false;
                }

                namesGroups |= !entry.IsDenial;
                isNamed |= !entry.IsDenial && isAbout;
            }
        }

        return namesGroups && !_allowsUnlessDenied ? isNamed : isAllowedToAll;
    }

    /// <summary>True where a subscription that is allowed may still meet messages that are not: each must be looked at.</summary>
    public bool MustFilter(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue)
    {
        if (SubjectRules.IsLiteral(subject))
        {
            return false;
        }

        bool isCovered = _allowsUnlessDenied;
        foreach (PermissionEntry entry in _rules.Entries())
        {
            bool isAbout = entry.Queue.IsEmpty || entry.IsAbout(queue);

            // A denial within, or groups that alone may listen to a part of it.
            bool narrows = entry.IsDenial ? isAbout : !queue.IsEmpty && !isAbout;
            if (narrows && SubjectRules.Overlaps(entry.Subject, subject))
            {
                return true;
            }

            isCovered |= !entry.IsDenial && isAbout && SubjectRules.Covers(entry.Subject, subject);
        }

        return !isCovered;
    }

    private void Add(List<string>? subjects, bool isDenial)
    {
        foreach (string text in subjects ?? [])
        {
            string[] parts = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            byte[] queue = parts.Length > 1 ? Encoding.UTF8.GetBytes(parts[1]) : [];
            _rules.Insert(new PermissionEntry(Encoding.UTF8.GetBytes(parts[0]), queue, isDenial));
        }
    }
}
