namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Who a client was found to be.</summary>
/// <param name="User">Null where it must go.</param>
internal sealed record LoginOutcome(User? User)
{
    /// <summary>Nobody that the server knows. Says nothing of why: neither does the answer.</summary>
    public static readonly LoginOutcome Refused = new((User?)null);
}
