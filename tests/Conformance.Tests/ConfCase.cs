namespace NatsKestrel.Conformance.Tests;

/// <summary>One configuration of the corpus, and what either server says of it.</summary>
/// <param name="Name">File and line it stands at: what test runners show.</param>
/// <param name="Text">The configuration.</param>
/// <param name="Ours">Our errors and warnings, sorted; none where it is valid.</param>
/// <param name="Reference">Those of nats-server.</param>
/// <param name="Varies">True where nats-server's answer changes from run to run, with the order in which it happens to walk a map.</param>
/// <param name="Divergence">Id of the reason for a difference, as in docs/compatibility.md.</param>
public sealed record ConfCase(string Name, string Text, IReadOnlyList<string> Ours, IReadOnlyList<string> Reference, bool Varies, string? Divergence);
