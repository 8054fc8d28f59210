namespace NatsKestrel.WebGateway;

/// <summary>Who somebody is in NATS.</summary>
/// <param name="Name">The user, as monitoring shows it; empty for nobody in particular.</param>
/// <param name="Account">The account; null for the global one.</param>
public sealed record NatsUser(string Name, string? Account = null);
