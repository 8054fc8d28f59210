namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>What must be known of a user's JWT after the login, to tell whether it would still do.</summary>
internal sealed record UserJwt(string Subject, string Issuer, string Account, DateTimeOffset IssuedAt, bool IsBearer);
