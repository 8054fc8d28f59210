namespace NatsKestrel.Admin.Access;

/// <summary>Who looks at the page: one for each request, and for each open tab.</summary>
internal sealed class CurrentSession
{
    private ConsoleSession? _session;

    /// <summary>Who it is; null once they are signed out.</summary>
    public ConsoleUser? User => _session is { IsValid: true } session ? session.User : null;

    public ConsoleSession? Session => _session;

    public void Set(ConsoleSession? session) => _session = session;

    /// <summary>True where the person may do it, at this moment.</summary>
    public bool May(ConsoleRole role) => User?.May(role) == true;

    /// <summary>Who does something that needs a role.</summary>
    /// <exception cref="UnauthorizedAccessException">They may not, or no longer.</exception>
    public ConsoleUser Demand(ConsoleRole role)
    {
        _session?.Touch();
        return User is { } user && user.May(role) ? user : throw new UnauthorizedAccessException($"This needs the role {role}.");
    }
}
