namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Who a client was found to be.</summary>
/// <param name="User">Null where it must go.</param>
/// <param name="Refusal">The service that decided so; null where none did.</param>
internal sealed record LoginOutcome(User? User, CalloutRefusal? Refusal = null)
{
    /// <summary>Nobody that the server knows. Says nothing of why: neither does the answer.</summary>
    public static readonly LoginOutcome Refused = new((User?)null);
}

/// <summary>What the owners of a service's account are told; the client is not.</summary>
/// <param name="Account">The account that the service is in.</param>
/// <param name="Reason">Why it let the client not in, or that it did not answer.</param>
internal sealed record CalloutRefusal(Account Account, string Reason);
