namespace NatsKestrel.Broker.Accounts.Permissions;

/// <summary>A decision about a subject, and its reason.</summary>
/// <param name="IsAllowed">The decision.</param>
/// <param name="Denial">The entry that forbids it; null where it is allowed, and where no entry allows it.</param>
internal readonly record struct PermissionVerdict(bool IsAllowed, PermissionEntry? Denial)
{
    public static readonly PermissionVerdict Allowed = new(true, null);
}
