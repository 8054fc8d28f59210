using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Accounts.Permissions;

/// <summary>What a user may do: immutable, and the same for all of its connections.</summary>
internal sealed class UserPermissions
{
    private static readonly TimeSpan DefaultExpiry = TimeSpan.FromMinutes(2);

    private UserPermissions(PermissionOptions options)
    {
        Options = options;
        AllowsResponses = options.AllowResponses is not null;
        MaxResponses = options.AllowResponses?.Max switch { null or 0 => 1, < 0 => int.MaxValue, int max => max };
        TimeSpan expiry = options.AllowResponses?.Expires ?? TimeSpan.Zero;
        ResponseExpiry = expiry == TimeSpan.Zero ? DefaultExpiry : expiry < TimeSpan.Zero ? TimeSpan.MaxValue : expiry;
        Publish = SubjectFilter.From(options.Publish, nothingElse: AllowsResponses);
        Subscribe = SubjectFilter.From(options.Subscribe);
    }

    /// <summary>As they were configured, for those who ask who they are.</summary>
    public PermissionOptions Options { get; }

    /// <summary>Null where everything may be published.</summary>
    public SubjectFilter? Publish { get; }

    /// <summary>Null where everything may be subscribed to.</summary>
    public SubjectFilter? Subscribe { get; }

    /// <summary>True where requests may be answered that otherwise could not be.</summary>
    public bool AllowsResponses { get; }

    /// <summary>Messages that may be sent to one reply subject.</summary>
    public int MaxResponses { get; }

    /// <summary>Time after the request in which they may be.</summary>
    public TimeSpan ResponseExpiry { get; }

    /// <summary>Whether the subject may be published to without having been asked, and why not. From any thread.</summary>
    public PermissionVerdict ExplainPublish(ReadOnlySpan<byte> subject) => Publish?.Explain(subject, []) ?? PermissionVerdict.Allowed;

    /// <summary>Whether a subject may be subscribed to or received from, alone or in the queue group, and why not. From any thread.</summary>
    public PermissionVerdict ExplainSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue) =>
        Subscribe?.Explain(subject, queue) ?? PermissionVerdict.Allowed;

    /// <summary>Makes permissions of valid options.</summary>
    /// <returns>Null where everything is allowed: that costs nothing.</returns>
    public static UserPermissions? From(PermissionOptions? options)
    {
        if (options is null)
        {
            return null;
        }

        var permissions = new UserPermissions(options);
        return permissions.Publish is null && permissions.Subscribe is null ? null : permissions;
    }
}
