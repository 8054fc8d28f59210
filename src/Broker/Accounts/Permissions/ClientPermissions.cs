using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Permissions;

/// <summary>One connection's permissions: its user's, and the replies that it may send because it was asked.</summary>
/// <remarks>Connections that may do everything have none. Publishing is asked about by the connection's read loop alone,
/// deliveries by the threads of all publishers.</remarks>
internal sealed class ClientPermissions(UserPermissions user, TimeProvider time)
{
    private readonly MatchResult<PermissionEntry> _publishScratch = new();
    private int _unremembered;
    private readonly Lock _gate = new(); // guards what follows
    private readonly MatchResult<PermissionEntry> _deliverScratch = new();
    private readonly ReplyGrants? _grants = user.AllowsResponses ? new(user.MaxResponses, user.ResponseExpiry, time) : null;

    /// <summary>As they were configured.</summary>
    public Configuration.PermissionOptions Options => user.Options;

    /// <summary>What its user may do, the same for all of its connections.</summary>
    public UserPermissions User => user;

    /// <summary>Whether a message may be published to the subject; one that answers a request uses that permission up.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="match">Who listens to it, where that is known: allowed once by rules that never change, it is allowed by them for good.</param>
    public bool MayPublish(ReadOnlySpan<byte> subject, CachedMatch? match = null)
    {
        if (user.Publish is not { } rules || match?.AllowedBy == rules)
        {
            return true;
        }

        if (rules.Allows(subject, [], _publishScratch))
        {
            Remember(match, rules);
            return true;
        }

        if (_grants is null)
        {
            return false;
        }

        lock (_gate)
        {
            return _grants.TryUse(subject);
        }
    }

    // Users who share a subject do not take it from each other with each message, which would cost more than the decision.
    private void Remember(CachedMatch? match, SubjectFilter rules)
    {
        if (match is not null && (match.AllowedBy is null || (++_unremembered & 63) == 0))
        {
            match.AllowedBy = rules;
        }
    }

    /// <summary>Whether the subject may be subscribed to, alone or in the queue group.</summary>
    public bool MaySubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue) =>
        user.Subscribe is null || user.Subscribe.Allows(subject, queue, _publishScratch);

    /// <summary>The same, for threads other than the connection's own.</summary>
    public bool MayStillSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue)
    {
        lock (_gate)
        {
            return user.Subscribe is null || user.Subscribe.Allows(subject, queue, _deliverScratch);
        }
    }

    /// <summary>True where each message for such a subscription must be shown to <see cref="MayReceive"/>.</summary>
    public bool MustFilter(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue) =>
        _grants is not null || user.Subscribe?.MustFilter(subject, queue) == true;

    /// <summary>Whether a message may go to a subscription; where it asks for an answer, that may be given from now on.</summary>
    public bool MayReceive(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue, ReadOnlySpan<byte> reply)
    {
        lock (_gate)
        {
            if (user.Subscribe is not null && !user.Subscribe.Allows(subject, queue, _deliverScratch))
            {
                return false;
            }

            if (_grants is not null && !reply.IsEmpty && user.Publish?.Allows(reply, [], _deliverScratch) == false)
            {
                _grants.Add(reply);
            }

            return true;
        }
    }
}
