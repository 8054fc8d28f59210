namespace NatsKestrel.Admin.Access;

/// <summary>What came of an act.</summary>
/// <param name="IsDone">True where it was done.</param>
/// <param name="Text">What happened, for people.</param>
internal sealed record ActResult(bool IsDone, string Text);
