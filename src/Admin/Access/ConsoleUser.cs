namespace NatsKestrel.Admin.Access;

/// <summary>Somebody who has signed in, or calls the REST administration.</summary>
/// <param name="Name">How the audit log calls them: by what they signed in with.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Address">Where they come from.</param>
internal sealed record ConsoleUser(string Name, ConsoleRole Role, string Address)
{
    public bool May(ConsoleRole role) => Role >= role;
}
