namespace NatsKestrel.Broker.Configuration;

/// <summary>What a user may publish and subscribe to.</summary>
public sealed class PermissionOptions
{
    /// <summary>Subjects that may be published to.</summary>
    /// <value>Default null: all.</value>
    public SubjectPermissionOptions? Publish { get; set; }

    /// <summary>Subjects that may be subscribed to; an entry may be <c>subject queue</c>.</summary>
    /// <value>Default null: all.</value>
    public SubjectPermissionOptions? Subscribe { get; set; }

    /// <summary>Lets the user answer requests it gets; without <see cref="Publish"/> it may then publish nothing else.</summary>
    /// <value>Default null: no such exception.</value>
    public ResponsePermissionOptions? AllowResponses { get; set; }
}
