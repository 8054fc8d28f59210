using System.Diagnostics.CodeAnalysis;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Permissions;

/// <summary>Reply subjects that may be published to because a request with them was delivered.</summary>
/// <remarks>Not safe for several threads; its owner locks.</remarks>
internal sealed class ReplyGrants(int maxMessages, TimeSpan expiry, TimeProvider time)
{
    /// <summary>Grants kept at most; the oldest go first.</summary>
    public const int MaxCount = 4096;

    private readonly Dictionary<byte[], Grant> _grants = new(BytesComparer.Instance);
    private readonly Queue<Grant> _byAge = new();

    /// <summary>Grants that are kept, those expired but not yet found out included.</summary>
    public int Count => _grants.Count;

    /// <summary>Lets messages be published to a reply subject from now on; one asked for again begins anew.</summary>
    public void Add(ReadOnlySpan<byte> reply)
    {
        DropOld();
        var grant = new Grant(reply.ToArray(), time.GetTimestamp());
        _grants[grant.Reply] = grant;
        _byAge.Enqueue(grant);
    }

    /// <summary>Takes one message off what may be published to the subject.</summary>
    /// <returns>False where nothing may be, or no more.</returns>
    public bool TryUse(ReadOnlySpan<byte> subject)
    {
        if (!_grants.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(subject, out Grant? grant))
        {
            return false;
        }

        bool isGood = !IsExpired(grant) && grant.Used < maxMessages;
        grant.Used += isGood ? 1 : 0;
        if (!isGood)
        {
            _grants.Remove(grant.Reply);
        }

        return isGood;
    }

    // The queue also holds what was used up or asked for again meanwhile: that is passed over.
    private void DropOld()
    {
        while (_byAge.TryPeek(out Grant? oldest) && (_byAge.Count >= MaxCount || IsExpired(oldest) || !IsCurrent(oldest)))
        {
            _byAge.Dequeue();
            if (IsCurrent(oldest))
            {
                _grants.Remove(oldest.Reply);
            }
        }
    }

    private bool IsCurrent(Grant grant) => _grants.TryGetValue(grant.Reply, out Grant? current) && current == grant;

    private bool IsExpired(Grant grant) => expiry != TimeSpan.MaxValue && time.GetElapsedTime(grant.Since) > expiry;

    private sealed class Grant(byte[] reply, long since)
    {
        public byte[] Reply => reply;

        public long Since => since;

        public int Used { get; set; }
    }

    /// <summary>Compares subjects by their bytes, also those that are not copied yet.</summary>
    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)SubjectHash.Compute(alternate);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
