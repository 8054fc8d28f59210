using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Permissions;

/// <summary>One connection's permissions: its user's, and the replies that it may send because it was asked.</summary>
/// <remarks>Connections that may do everything have none. Publishing is asked about by the connection's read loop alone,
/// deliveries by the threads of all publishers.</remarks>
internal sealed class ClientPermissions(UserPermissions user, TimeProvider time)
{
    private readonly MatchResult<PermissionEntry> _publishScratch = new();
    private byte[] _lastAllowed = [];
    private int _lastLength = -1;
    private readonly Lock _gate = new(); // guards what follows
    private readonly MatchResult<PermissionEntry> _deliverScratch = new();
    private readonly ReplyGrants? _grants = user.AllowsResponses ? new(user.MaxResponses, user.ResponseExpiry, time) : null;

    /// <summary>As they were configured.</summary>
    public Configuration.PermissionOptions Options => user.Options;

    /// <summary>What its user may do, the same for all of its connections.</summary>
    public UserPermissions User => user;

    /// <summary>Whether a message may be published to the subject; one that answers a request uses that permission up.</summary>
    public bool MayPublish(ReadOnlySpan<byte> subject)
    {
        // The rules of this object never change, and most publishers stay with their subject.
        if (user.Publish is null || (subject.Length == _lastLength && subject.SequenceEqual(_lastAllowed.AsSpan(0, _lastLength))))
        {
            return true;
        }

        if (user.Publish.Allows(subject, [], _publishScratch))
        {
            Remember(subject);
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

    private void Remember(ReadOnlySpan<byte> subject)
    {
        if (_lastAllowed.Length < subject.Length)
        {
            _lastAllowed = new byte[subject.Length];
        }

        subject.CopyTo(_lastAllowed);
        _lastLength = subject.Length;
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
