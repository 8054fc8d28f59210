namespace NatsKestrel.Admin.Access;

/// <summary>An act of administration.</summary>
/// <param name="Time">When.</param>
/// <param name="User">Who.</param>
/// <param name="Address">From where.</param>
/// <param name="Act">What was done.</param>
/// <param name="Outcome">What came of it.</param>
internal sealed record AuditEntry(DateTimeOffset Time, string User, string Address, string Act, string Outcome);
